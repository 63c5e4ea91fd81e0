" SPDX-License-Identifier: Apache-2.0
" Comments, the width that `iolaw fmt` keeps, `gf` on a module, and `:make` with `iolaw check`.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=//\ %s
setlocal comments=:///,://
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2 textwidth=120
setlocal suffixesadd=.law path+=./..
setlocal includeexpr=tr(v:fname,'.','/')
setlocal makeprg=iolaw\ check
setlocal errorformat=%f:%l:%c\ %trror\ LAW%n:\ %m,%f:%l:%c\ %tarning\ LAW%n:\ %m,%f:%l:%c:\ note:\ %m,%-G%.%#

let b:undo_ftplugin = 'setlocal commentstring< comments< formatoptions< expandtab< shiftwidth< softtabstop<'
      \ . ' textwidth< suffixesadd< path< includeexpr< makeprg< errorformat<'
