// SPDX-License-Identifier: Apache-2.0
// The pages of all diagnostics: one table, in ascending order. Each example is a whole law; a test checks that the
// wrong one gets its code, and the right one none.
#include <algorithm>
#include <cctype>

#include "model/diagnostics/codes.hpp"

namespace iolaw {
namespace {

constexpr CodePage kPages[] = {
    {Code::cannot_read, "a file cannot be read",
     R"(The root file of a law does not exist, is no regular file, or may not be read.)", "", ""},
    {Code::invalid_utf8, "a file is not UTF-8",
     R"(A law is UTF-8 text. The place shown is the first byte that is no part of a valid character; nothing after it was
read.)",
     "", ""},
    {Code::empty_law, "a law declares nothing",
     R"(The root file and its modules hold no declaration. A law has at least one object, rule or property.)",
     R"(// nothing here)", R"(object Ioas {})"},
    {Code::missing_module, "a module cannot be read", R"(`use a.b` names the file a/b.law beside the root file.)",
     R"(use iommufd.iosa

object Ioas {})",
     R"(object Ioas {})"},
    {Code::expected, "something else was expected",
     R"(The text stops being a sentence of the language at the place shown; everything before it was understood. After a
mistake the next item, effect, field or constant between the braces is read as usual, and so is the next declaration: one
run shows them all.)",
     R"(object Ioas {
  alignment u64
})",
     R"(object Ioas {
  alignment: u64
})"},
    {Code::stray_text, "no declaration starts here",
     R"(At the left margin stand `use`, `profile`, `const`, `enum`, `flags`, `object`, `count`, `def`, `given`, `rule`, `probe`,
`invariant`, `step`, `cover`, `axiom` and `scope`.)",
     R"(objekt Ioas {})", R"(object Ioas {})"},
    {Code::malformed_number, "this is no number",
     R"(Numbers are decimal (4096), hexadecimal (0x1000), with `_` between digits where it helps (0x7fff_ffff).)",
     R"(const PAGE_SIZE: u64 = 0x10z0)", R"(const PAGE_SIZE: u64 = 0x1000)"},
    {Code::number_too_large, "a number does not fit 64 bits",
     R"(No number in a law is larger than 2^64 - 1, which is written MAX.)",
     R"(const LIMIT: u64 = 0x1_0000_0000_0000_0000)", R"(const LIMIT: u64 = MAX)"},
    {Code::unterminated_text, "a quoted text does not end", R"(Quoted text stands on one line, between two quotes.)",
     R"(object Ioas {}
invariant ioas.fine "All is well: true)",
     R"(object Ioas {}
invariant ioas.fine "All is well": true)"},
    {Code::too_deep, "an expression nests too deeply",
     R"(Expressions and blocks nest at most 200 levels, and a chain of one operator has at most 200 operands. Written out, a
formula has at most 65,536 parts: `min` and `max` read their arguments twice, and `e is some a` puts e wherever `a` stands.
Name the parts with `def` or `let`.)",
     "", ""},
    {Code::unknown_name, "nothing has this name",
     R"(A name in an expression is a variable (a parameter, `let`, a quantifier's, what `is some` bound), a constant, or a
constant of an enum or of flags. Fields need their object: `a.span`, not `span`.)",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when lenght == 0
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length == 0
})"},
    {Code::unknown_type, "no type has this name",
     R"(Types are bool, u64, pow2, nat, interval, the law's enums, flags and kinds of objects, and `maybe` of a kind or u64.)",
     R"(rule ioas.map(length: u46) {
  fails EINVAL [length] when length == 0
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length == 0
})"},
    {Code::unknown_field, "an object has no such field",
     R"(A kind has the fields between its braces, the key of `at` or `slot`, and the counts declared for it. An interval has
`first` and `last`.)",
     R"(object Ioas { alignment: u64 }
invariant ioas.aligned "Something": all i: Ioas: i.aligment > 0)",
     R"(object Ioas { alignment: u64 }
invariant ioas.aligned "Something": all i: Ioas: i.alignment > 0)"},
    {Code::unknown_def, "no def has this name",
     R"(Only defs and what the language has built in are called: overflows, wrapping, aligned, align_down, overlaps, min, max,
after.)",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] unless alinged(length, 4096)
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] unless aligned(length, 4096)
})"},
    {Code::unknown_rule, "no rule has this name", R"(`on` names rules of the law.)",
     R"(object Ioas {}
rule ioas.alloc() -> ioas: Ioas { then ioas = new Ioas {} }
step ioas.stays "They stay" on ioas.aloc: all i: Ioas: after(i lives))",
     R"(object Ioas {}
rule ioas.alloc() -> ioas: Ioas { then ioas = new Ioas {} }
step ioas.stays "They stay" on ioas.alloc: all i: Ioas: after(i lives))"},
    {Code::unknown_error, "Linux has no such errno",
     R"(Failures are named as Linux names them (include/uapi/asm-generic/errno.h).)",
     R"(rule ioas.map(length: u64) {
  fails EINVALID [length] when length == 0
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length == 0
})"},
    {Code::duplicate_name, "two things have one name",
     R"(Names are global: of types, of constants, of defs, of rules, and of properties each; fields within their kind, results
within their rule.)",
     R"(object Ioas {}
object Ioas {})",
     R"(object Ioas {}
object Area { in ioas: Ioas at span })"},
    {Code::duplicate_tag, "two branches have one ID",
     R"(The tag of a branch makes its ID, as in ioas.map.length: stable, and unique in its rule. `ok` is success.)",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length == 0
  fails EINVAL [length] when length == MAX
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length == 0
  fails EINVAL [limit] when length == MAX
})"},
    {Code::shadows, "a variable hides another", R"(A name means one thing in a rule, a def or a property.)",
     R"(object Area { va: u64 }
rule area.check(a: u64) {
  fails EINVAL [va] when some a: Area: a.va == 0
})",
     R"(object Area { va: u64 }
rule area.check(va: u64) {
  fails EINVAL [va] when some a: Area: a.va == va
})"},
    {Code::wrong_type, "a value of another type is needed",
     R"(Every place has a type: conditions are bool, both ends of an interval are numbers, a field keeps what it was declared
to keep.)",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] when length == 0
})"},
    {Code::not_comparable, "two values are never equal",
     R"(`==` compares values of one type; numbers compare with numbers. The two ways of an `if` must have one type as well.)",
     R"(rule ioas.map(length: u64, fixed: bool) {
  fails EINVAL [length] when length == fixed
})",
     R"(rule ioas.map(length: u64, fixed: bool) {
  fails EINVAL [length] when length == 0 or fixed
})"},
    {Code::wrong_arguments, "a call has too many or too few arguments",
     R"(A def takes as many arguments as it declares.)",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] unless aligned(length)
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] unless aligned(length, 4096)
})"},
    {Code::maybe_none, "a value may be none",
     R"(A `maybe` has a value only sometimes. Bind it where it is there, `e is some a and … a …`; or say `the e`, where the
law made sure that it is there. Test for none with `is none`, `is some`.)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span, va: u64 }
invariant area.low "Low": all i: Ioas, x: u64: i.at[x].va < 10)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span, va: u64 }
invariant area.low "Low": all i: Ioas, x: u64 where i.at[x] is some a: a.va < 10)"},
    {Code::not_maybe, "a value is never none",
     R"(`is some`, `is none` and `the` are for values of a `maybe` type. Of an object one asks whether it `lives`.)",
     R"(object Ioas {}
rule ioas.destroy(ioas: Ioas) {
  fails ENOENT [ioas] when ioas is none
  then destroy ioas
})",
     R"(object Ioas {}
rule ioas.destroy(ioas: Ioas) {
  fails ENOENT [ioas] unless ioas lives
  then destroy ioas
})"},
    {Code::not_pow2, "a number need not be a power of two",
     R"(Alignment units are of type pow2: a constant or a def of that type, or a plain power of two.)",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] unless aligned(length, 4095)
})",
     R"(rule ioas.map(length: u64) {
  fails EINVAL [length] unless aligned(length, 4096)
})"},
    {Code::not_literal, "a product of two variables",
     R"(Proofs stay decidable while arithmetic is linear: one side of `*` is a plain number.)",
     R"(rule ioas.map(pages: u64, size: u64) {
  fails EOVERFLOW [size] when overflows(pages * size)
})",
     R"(rule ioas.map(pages: u64, size: u64) {
  fails EOVERFLOW [size] when overflows(pages * 4096)
})"},
    {Code::bad_type, "a type cannot stand here",
     R"(Parameters, results and choices are single values: no intervals; parameters are never `maybe`. Only kinds and u64 may
be `maybe`. Only kinds are held or lived in. Quantifiers range over kinds and u64.)",
     R"(rule ioas.map(span: interval) {
  fails EINVAL [span] when overflows(span.last + 1)
})",
     R"(rule ioas.map(iova: u64, length: u64) {
  let span = iova..iova + length - 1
  fails EINVAL [span] when overflows(span.last + 1)
})"},
    {Code::recursive_def, "a def calls itself", R"(A def is an abbreviation: every call is replaced by its body.)",
     R"(def depth(x: u64) -> u64 = if x == 0 then 0 else depth(x - 1))",
     R"(def depth(x: u64) -> u64 = if x == 0 then 0 else x)"},
    {Code::two_parents, "an object lives in two others",
     R"(`in` says with whom an object dies; it has one such parent at most. What it merely uses it `holds`.)",
     R"(object Ioas {}
object Device {}
object Area { in ioas: Ioas, in device: Device })",
     R"(object Ioas {}
object Device {}
object Area { in ioas: Ioas, holds device: Device })"},
    {Code::two_maps, "a parent has two maps of one sort",
     R"(`ioas.at[x]` must name one kind of object: one kind at most lives in a parent by interval, and one by slot.)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span }
object Hole { in ioas: Ioas at span })",
     R"(object Ioas {}
object Area { in ioas: Ioas at span }
object Hole { in ioas: Ioas, span: interval })"},
    {Code::no_such_map, "there is no map to look into",
     R"(`e.at[address]` finds objects declared `in x: Kind at span`, `e.slot[index]` those declared `in x: Kind slot index`.
Nothing else is indexed.)",
     R"(object Ioas {}
invariant ioas.empty "Empty": all i: Ioas, x: u64: i.at[x] is none)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span }
invariant ioas.empty "Empty": all i: Ioas, x: u64: i.at[x] is none)"},
    {Code::bad_key, "a key without a map", R"(`at` and `slot` belong to the parent: `in ioas: Ioas at span`.)",
     R"(object Ioas {}
object Area { holds ioas: Ioas at span })",
     R"(object Ioas {}
object Area { in ioas: Ioas at span })"},
    {Code::missing_field, "a new object lacks a field",
     R"(`new` gives every field a value. `new Area { ioas }` is short for `new Area { ioas = ioas }`.)",
     R"(object Ioas { alignment: u64 }
rule ioas.alloc() -> ioas: Ioas { then ioas = new Ioas {} })",
     R"(object Ioas { alignment: u64 }
rule ioas.alloc() -> ioas: Ioas { then ioas = new Ioas { alignment = 1 } })"},
    {Code::bad_constant, "a constant has no value",
     R"(Constants are computed from numbers, other constants, + - * | and `..`; an interval's first address is not above its
last; nothing exceeds 64 bits, and no constant is part of itself.)",
     R"(const APERTURE: interval = 0xffff..0x1000)", R"(const APERTURE: interval = 0x1000..0xffff)"},
    {Code::parent_cycle, "an object lives in itself",
     R"(Every chain of parents ends. A tree of objects of one kind is made with `holds`.)",
     R"(object Domain { in parent: Domain })", R"(object Domain { holds parent: maybe Domain })"},
    {Code::shared_misuse, "a shared object is treated as if it had one owner",
     R"(A shared object lives exactly while somebody `holds` it. It is never destroyed by name, nothing lives in it, and some
kind must hold it.)",
     R"(object Pages shared {}
object Area { holds pages: Pages }
rule pages.drop(pages: Pages) {
  fails ENOENT [pages] unless pages lives
  then destroy pages
})",
     R"(object Pages shared {}
object Area { holds pages: Pages }
rule area.drop(area: Area) {
  fails ENOENT [area] unless area lives
  then destroy area
})"},
    {Code::too_many_flags, "a set has more than 64 flags", R"(A set of flags is kept in 64 bits.)", "", ""},
    {Code::missing_result, "a rule does not give its result",
     R"(Each declared result is given once: by `result r = …`, by `then r = new …`, or by `choose r: …`.)",
     R"(object Ioas {}
rule ioas.alloc() -> ioas: Ioas {
  then new Ioas {}
})",
     R"(object Ioas {}
rule ioas.alloc() -> ioas: Ioas {
  then ioas = new Ioas {}
})"},
    {Code::result_twice, "a result is given twice", R"(Each declared result is given once.)",
     R"(probe two() -> x: u64 {
  result x = 1
  result x = 2
})",
     R"(probe two() -> x: u64 {
  result x = 2
})"},
    {Code::probe_changes, "a probe changes something",
     R"(A probe only asks. What changes the state, or works step by step, is a `rule`.)",
     R"(object Ioas {}
probe ioas.alloc() { then new Ioas {} })",
     R"(object Ioas {}
rule ioas.alloc() { then new Ioas {} })"},
    {Code::misplaced_item, "an item stands where it cannot",
     R"(Checks stand before `then`, which is one block. Loops do not nest and give no results; `tally` stands only in them;
`choose` and `unspecified` only outside.)",
     R"(object Ioas {}
rule ioas.alloc(flags: u64) {
  then new Ioas {}
  fails EINVAL [flags] when flags != 0
})",
     R"(object Ioas {}
rule ioas.alloc(flags: u64) {
  fails EINVAL [flags] when flags != 0
  then new Ioas {}
})"},
    {Code::choose_without_result, "a choice that nobody sees",
     R"(What an implementation chooses must show in a result of the same name: the model follows what it saw.)",
     R"(rule ioas.alloc() {
  choose iova: u64 where aligned(iova, 4096)
})",
     R"(rule ioas.alloc() -> iova: u64 {
  choose iova: u64 where aligned(iova, 4096)
})"},
    {Code::bad_target, "this cannot change",
     R"(Effects change fields of objects: `access.ioas = ioas`. Where an object lives (its parent and its key) never changes.
A bulk update changes its own variable.)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span }
rule area.move(area: Area, ioas: Ioas) {
  fails ENOENT [area] unless area lives and ioas lives
  then area.ioas = ioas
})",
     R"(object Ioas {}
object Area { in ioas: Ioas at span }
rule area.move(area: Area, ioas: Ioas) {
  fails ENOENT [area] unless area lives and ioas lives
  then new Area { ioas, span = 1..2 }
})"},
    {Code::bulk_destroy_counted, "many members of a count change at once",
     R"(A proof follows a count step by step, so its members come and go one at a time. Destroying a parent destroys what
lives in it: empty it first, piece by piece.)",
     R"(object Ioas {}
object Pages shared {}
object Area { in ioas: Ioas at span, holds pages: Pages }
rule ioas.destroy(ioas: Ioas) {
  fails ENOENT [ioas] unless ioas lives
  then destroy ioas
})",
     R"(object Ioas {}
object Pages shared {}
object Area { in ioas: Ioas at span, holds pages: Pages }
rule ioas.destroy(ioas: Ioas) {
  fails ENOENT [ioas] unless ioas lives
  each a: Area in ioas ascending a.span.first {
    then destroy a
  }
  then destroy ioas
})"},
    {Code::after_misplaced, "there is no state after",
     R"(`after(e)` is e in the state after a transition: only a `step` is about transitions. `on` belongs to steps too.)",
     R"(object Ioas {}
invariant ioas.stays "They stay": all i: Ioas: after(i lives))",
     R"(object Ioas {}
step ioas.stays "They stay": all i: Ioas: after(i lives))"},
    {Code::bound_before, "a name bound before the transition is used after it",
     R"(`e is some a` makes `a` stand for what e finds. Inside `after` it would be looked up again, in another state. Bind what
is found after the transition by a name of its own.)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span, va: u64 }
step area.stays "They stay":
  all i: Ioas, x: u64 where i.at[x] is some a: after(a.va) == a.va)",
     R"(object Ioas {}
object Area { in ioas: Ioas at span, va: u64 }
step area.stays "They stay":
  all i: Ioas, x: u64 where i.at[x] is some a: after(i.at[x]) is some b and after(b.va) == a.va)"},
    {Code::count_misplaced, "counting outside a probe",
     R"(How many objects meet a condition is nothing that a proof can follow. Declare the relation with `count`; a probe may
count what it likes.)",
     R"(object Ioas {}
invariant ioas.few "Few": (count i: Ioas: i lives) < 3)",
     R"(object Ioas {}
probe ioas.number() -> n: nat { result n = count i: Ioas: i lives })"},
    {Code::unknown_profile, "no profile has this name",
     R"(`only` and `includes` name profiles of the law, and `--profile` too. A profile is declared at the left margin; the first
one is the view that is read by default.)",
     R"(profile core "Every iommufd"
profile mock includes core "Linux's test driver"
object Ioas {}
object Device only mok { holds ioas: Ioas })",
     R"(profile core "Every iommufd"
profile mock includes core "Linux's test driver"
object Ioas {}
object Device only mock { holds ioas: Ioas })"},
    {Code::profile_cycle, "a profile includes itself",
     R"(A profile has all that the profiles have that it includes. Two that include each other would be one.)",
     R"(profile core "Every iommufd"
profile mock includes smmu "Linux's test driver"
profile smmu includes core, mock "Arm's SMMUv3"
object Ioas {})",
     R"(profile core "Every iommufd"
profile mock includes core "Linux's test driver"
profile smmu includes core "Arm's SMMUv3"
object Ioas {})"},
    {Code::outside_view, "something is not in every view that uses it",
     R"(A law is read in a view: what one profile has at one version. What is declared `only` for some profiles, or `since` a
version, is unknown elsewhere, so whatever uses it is restricted likewise: the whole declaration, or the branch.)",
     R"(profile core "Every iommufd"
profile mock includes core "Linux's test driver"
const APERTURE: interval only mock = 0x100_0000..0x7fff_ffff
rule ioas.map(iova: u64) {
  fails EINVAL [aperture] unless iova in APERTURE
})",
     R"(profile core "Every iommufd"
profile mock includes core "Linux's test driver"
const APERTURE: interval only mock = 0x100_0000..0x7fff_ffff
rule ioas.map(iova: u64) {
  fails EINVAL [aperture] only mock unless iova in APERTURE
})"},
    {Code::bad_since, "this is no version that something began with",
     R"(`since linux 6.17` says in which release of Linux a declaration or a branch began to hold: major.minor, once.)",
     R"(rule ioas.map(length: u64) since iommufd 6.2 {
  fails EINVAL [length] when length == 0
})",
     R"(rule ioas.map(length: u64) since linux 6.2 {
  fails EINVAL [length] when length == 0
})"},
    {Code::reads_state, "the environment does not depend on the state",
     R"(`given` declares a function of its arguments alone, and an `axiom` says what is assumed of such functions. What depends
on objects and their fields is a `def`, and what holds of them is an `invariant`: it is proved, not assumed.)",
     R"(object Ioas { limit: u64 }
given contiguous(va: u64) -> bool = true
axiom memory.limited "Memory ends": all i: Ioas: not contiguous(i.limit))",
     R"(object Ioas { limit: u64 }
given contiguous(va: u64) -> bool = va < 0x8000_0000
axiom memory.limited "Memory ends": not contiguous(MAX))"},
    {Code::bad_scope, "a scope is not understood",
     R"(A scope says how many objects of each kind there may be (1 where it says nothing) and which numbers calls pass, by the name
of a parameter, of a rule's parameter, of all numbers of a rule (`ioas.map.*`) or of all (`address`). Values are
numbers, ranges, and ranges with a stride, joined by `|`.)",
     R"(object Ioas {}
rule ioas.alloc() -> ioas: Ioas { then ioas = new Ioas {} }
scope small "Two of them": Iosa=2)",
     R"(object Ioas {}
rule ioas.alloc() -> ioas: Ioas { then ioas = new Ioas {} }
scope small "Two of them": Ioas=2)"},
    {Code::axiom_fails, "an axiom does not hold of the instance",
     R"(The expression of a given function is an instance that models and tests use. Proofs assume the axioms; if the instance does
not meet them, what is proved says nothing about what is run. `iolaw check` evaluates each axiom on the instance, exactly
where it can, otherwise at many values.

Wrong:
    given contiguous(va: u64) -> bool = va < 0x8000_0000
    axiom memory.high "High memory is contiguous": contiguous(MAX)

Right:
    given contiguous(va: u64) -> bool = va >= 0x8000_0000
    axiom memory.high "High memory is contiguous": contiguous(MAX))",
     "", ""},
    {Code::unprovable, "proofs cannot carry this",
     R"(Every invariant and step is proved for any number of objects and all addresses. That something exists for every address is
beyond such proofs, unless a map says which: `ioas.at[x]` is the object whose interval contains x, `vintf.slot[i]` the one
whose number is i. Where an address must exist, name it.)",
     R"(object Vintf {}
object Queue { in vintf: Vintf slot index }
invariant queue.dense "No gaps":
  all q: Queue, j: u64 where j < q.index: some p: Queue in q.vintf: p.index == j)",
     R"(object Vintf {}
object Queue { in vintf: Vintf slot index }
invariant queue.dense "No gaps":
  all q: Queue, j: u64 where j < q.index: q.vintf.slot[j] is some)"},
    {Code::too_many_views, "there are too many views",
     R"(A view is one profile at one version. Each of them is read and checked by itself, so that there may be at most 256.)",
     "", ""},
};

}  // namespace

std::span<const CodePage> code_pages() { return kPages; }

const CodePage* find_page(Code code) {
  const auto* page =
      std::find_if(std::begin(kPages), std::end(kPages), [&](const CodePage& p) { return p.code == code; });
  return page == std::end(kPages) ? nullptr : page;
}

const CodePage* find_page(std::string_view name) {
  if (name.size() > 3 && std::tolower(name[0]) == 'l' && std::tolower(name[1]) == 'a' && std::tolower(name[2]) == 'w') {
    name.remove_prefix(3);
  }
  int number = 0;
  if (name.empty() || name.size() > 6) return nullptr;
  for (const char c : name) {
    if (c < '0' || c > '9') return nullptr;
    number = number * 10 + (c - '0');
  }
  return find_page(static_cast<Code>(number));
}

}  // namespace iolaw
