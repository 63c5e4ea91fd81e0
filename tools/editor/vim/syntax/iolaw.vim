" SPDX-License-Identifier: Apache-2.0
" Vim syntax file of the language of laws (*.law). What matches first wins; of what matches at one place, the last below.
if exists('b:current_syntax')
  finish
endif

syn case match
syn sync minlines=1

syn match iolawSymbol "\.\.\|->\|==\|!=\|<=\|>=\|+=\|[=<>+*|-]"

" Names.
syn match iolawName "\<\h\w*\>"
syn match iolawConstant "\<[A-Z][A-Z0-9_]*\>"
syn match iolawKind "\<[A-Z]\w*[a-z]\w*\>"
syn match iolawErrno "\<E[A-Z0-9]\{2,}\>"
syn match iolawFunction "\<\%(after\|align_down\|aligned\|max\|min\|overflows\|overlaps\|wrapping\)\ze("
syn match iolawType "\<\%(bool\|interval\|nat\|pow2\|u64\)\>"

" Words that have a meaning in one place only, and may be names elsewhere.
syn match iolawWord "\<set\ze\s\+all\>"
syn match iolawWord "\<holds\ze\s\+\w\+\s*:"
syn match iolawWord "\<cites\ze\s\+\w\+\s\+\""
syn match iolawWord "\%(\<may \)\@4<=fail\>"
syn match iolawWord "\%(\<is \)\@3<=\%(busy\|empty\)\>"
syn match iolawWord "\<shared\ze\s*\%({\|only\>\|since\>\|$\)"
syn match iolawWord "\<\%(ascending\|at\|includes\|on\|only\|since\|slot\)\ze\s\+\%(\%(and\|else\|iff\|implies\|in\|is\|lives\|or\|then\|unless\|when\|where\)\>\)\@!\h"

" Reserved words.
syn match iolawKeyword "\<\%(all\|but\|choose\|const\|count\|cover\|def\|destroy\|each\|else\|enum\|fails\|if\|invariant\|let\|may\|maybe\|new\|no\|probe\|result\|rule\|some\|tally\|then\|unless\|unspecified\|use\|when\|where\)\>"
syn match iolawOperator "\<\%(and\|iff\|implies\|in\|is\|lives\|not\|or\|the\)\>"
syn match iolawLiteral "\<\%(MAX\|false\|none\|true\)\>"

syn match iolawNumber "\<\%(0[xX][0-9A-Fa-f_]\+\|[0-9][0-9_]*\)\>"

" What may have a reserved word as its name: fields, tags, what is declared.
syn match iolawRole "^\s\+\zs\%(in\|holds\)\ze\s\+\h\w*\s*:" contained
syn match iolawField "^\s\+\%(\%(in\|holds\)\s\+\)\?\h\w*\ze\s*:" contains=iolawRole
syn match iolawMember "\.\@1<!\.\h\w*"
syn match iolawTag "[[:space:]A-Z0-9]\@1<=\[\w\+\]"
syn match iolawDeclaration "^\%(use\|profile\|const\|enum\|flags\|object\|count\|def\|given\|rule\|probe\|invariant\|step\|cover\|axiom\|scope\)\ze\s" contained
syn match iolawDeclared "^\%(use\|profile\|const\|enum\|flags\|object\|count\|def\|given\|rule\|probe\|invariant\|step\|cover\|axiom\|scope\)\s\+\h[0-9A-Za-z_.]*" contains=iolawDeclaration

syn match iolawText "\"[^\"]*\%(\"\|$\)"
syn match iolawComment "//.*$" contains=@Spell
syn match iolawDoc "///.*$" contains=@Spell

hi def link iolawComment Comment
hi def link iolawDoc SpecialComment
hi def link iolawText String
hi def link iolawNumber Number
hi def link iolawLiteral Constant
hi def link iolawKeyword Statement
hi def link iolawOperator Operator
hi def link iolawWord Statement
hi def link iolawRole Statement
hi def link iolawDeclaration Keyword
hi def link iolawDeclared Function
hi def link iolawField Identifier
hi def link iolawTag Label
hi def link iolawErrno Constant
hi def link iolawConstant Constant
hi def link iolawKind Type
hi def link iolawType Type
hi def link iolawFunction Function

let b:current_syntax = 'iolaw'
