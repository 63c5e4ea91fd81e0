" SPDX-License-Identifier: Apache-2.0
autocmd BufNewFile,BufRead *.law setfiletype iolaw
