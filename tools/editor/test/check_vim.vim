" SPDX-License-Identifier: Apache-2.0
" Highlights laws with Vim, and compares with the law's own lexer. tools/editor/check sets $IOLAW_TOKENS (what law_tokens
" printed) and $IOLAW_REPORT (where to write what differs, then a summary line).
let s:groups = {
      \ 'comment': ['iolawComment', 'iolawDoc'],
      \ 'text': ['iolawText'],
      \ 'number': ['iolawNumber'],
      \ 'keyword': ['iolawKeyword', 'iolawOperator', 'iolawLiteral', 'iolawWord', 'iolawRole', 'iolawDeclaration'],
      \ }
let s:groups.name = s:groups.comment + s:groups.text + s:groups.number + s:groups.keyword
let s:report = []
let s:checked = 0
let s:file = ''

for s:row in readfile($IOLAW_TOKENS)
  let [s:path, s:line, s:column, s:length, s:class] = split(s:row, "\t")
  if s:path !=# s:file
    let s:file = s:path
    execute 'edit' fnameescape(s:path)
    if &filetype !=# 'iolaw' || &commentstring !=# '// %s' || get(b:, 'current_syntax', '') !=# 'iolaw'
      call add(s:report, s:path . ': the file type is "' . &filetype . '", the comment string "' . &commentstring . '"')
    endif
  endif
  if s:class ==# 'either'
    continue
  endif
  let s:checked += 1
  for s:at in [s:column, s:column + s:length - 1]
    let s:group = synIDattr(synID(s:line, s:at, 1), 'name')
    if (index(s:groups[s:class], s:group) >= 0) != (s:class !=# 'name')
      let s:text = strpart(getline(s:line), s:column - 1, s:length)
      call add(s:report, printf('%s:%d:%d: `%s` is a %s, highlighted as %s', s:path, s:line, s:column, s:text, s:class,
            \ empty(s:group) ? 'nothing' : s:group))
      break
    endif
  endfor
endfor

let s:wrong = len(s:report)
call add(s:report, printf('Vim: %d tokens, %d highlighted otherwise than the lexer reads them', s:checked, s:wrong))
call writefile(s:report, $IOLAW_REPORT)
if s:wrong > 0 || s:checked == 0
  cquit
endif
qall!
