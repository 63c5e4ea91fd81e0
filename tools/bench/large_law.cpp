// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/large_law.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace iolaw {
namespace {

constexpr std::size_t kParts = 6;  // address spaces of a module

// What every part of every module looks like: @ and % are the part's name, for kinds and for others; @PSpace is a kind
// of a part elsewhere.
constexpr const char* kPart = R"(
/// The granule of all of these.
const @_GRANULE: pow2 = 4096

/// Where they may map.
const @_WINDOW: interval = 0x100_0000..0x7fff_ffff

/// What a mapping grants.
flags @Rights { @_READ, @_WRITE }

/// The memory behind mappings. It dies with the last of them.
object @Memory shared {
  source: interval
  writable: bool
}

/// One address space.
object @Space {}

/// One mapped range. It lives in its space and keeps its memory.
object @Range {
  in space: @Space at span  // space.at[x] is the range that owns x
  holds memory: @Memory
  va: u64                   // of its first byte
  rights: @Rights
}

/// A user of a space.
object @User {
  holds space: @Space
  holds peer: maybe @PSpace
  may_pin: bool
}

/// Memory that a user keeps in place.
object @Pin {
  in user: @User
  span: interval
}

/// Users that may pin.
count @Space.pinners = @User.space where may_pin

/// What addresses of a space must be multiples of.
def %_alignment(space: @Space) -> pow2 = if space.pinners > 0 then @_GRANULE else 1

def %_length(range: interval) -> u64 = range.last - range.first + 1

/// The memory behind a whole range.
def %_source(r: @Range) -> interval = r.va..r.va + (r.span.last - r.span.first)

def %_fits(r: @Range, unit: pow2) -> bool =
  aligned(r.span.first, unit) and aligned(%_length(r.span), unit) and aligned(r.va, unit)

rule %_space.open() -> space: @Space
  cites linux "drivers/iommu/iommufd/ioas.c" iommufd_ioas_alloc_ioctl
{
  then space = new @Space {}
}

/// Destroys a space and all that is mapped in it.
rule %_space.close(space: @Space) {
  fails ENOENT [space] unless space lives
  fails EBUSY  [users] when space is busy
  each r: @Range in space ascending r.span.first {
    then destroy r
  }
  then destroy space
}

/// Maps memory at an address that the caller chose.
rule %_space.map(space: @Space, va: u64, length: u64, start: u64, rights: @Rights) {
  let span = start..start + length - 1
  let source = va..va + length - 1
  fails EINVAL    [rights]  when rights is empty
  fails ENOENT    [space]   unless space lives
  fails EINVAL    [length]  when length == 0
  fails EOVERFLOW [wrap]    when overflows(span.last) or overflows(source.last)
  fails EINVAL    [align]   unless aligned(start, %_alignment(space)) and aligned(length, %_alignment(space))
  fails EINVAL    [va]      unless aligned(va, %_alignment(space))
  fails EINVAL    [window]  unless span in @_WINDOW
  fails EEXIST    [overlap] when some r: @Range in space: overlaps(r.span, span)
  then {
    let memory = new @Memory { source, writable = @_WRITE in rights }
    new @Range { space, span, memory, va, rights }
  }
}

/// Removes every range of an interval. A range is removed whole or not at all.
rule %_space.unmap(space: @Space, start: u64, length: u64) -> unmapped: u64 {
  let span = start..start + length - 1
  fails ENOENT    [space]  unless space lives
  fails EINVAL    [length] when length == 0
  fails EOVERFLOW [wrap]   when overflows(span.last)
  each r: @Range in space where overlaps(r.span, span) ascending r.span.first {
    fails ENOENT [split] unless r.span in span
    tally bytes += %_length(r.span)
    then {
      destroy all n: @Pin where n.user.space == space and overlaps(n.span, r.span)
      destroy r
    }
  }
  fails ENOENT    [empty]  when bytes == 0
  result unmapped = wrapping(bytes)
}

rule %_user.create(space: @Space, may_pin: bool) -> user: @User {
  fails ENOENT     [space] unless space lives
  fails EADDRINUSE [align] when may_pin and (some r: @Range in space: not %_fits(r, @_GRANULE))
  then user = new @User { space, peer = none, may_pin }
}

/// Also keeps a space of another module busy.
rule %_user.join(user: @User, peer: @PSpace) {
  fails EBADF  [user]   unless user lives
  fails ENOENT [peer]   unless peer lives
  fails EINVAL [joined] when user.peer is some
  then user.peer = peer
}

rule %_user.destroy(user: @User) {
  fails EBADF [user] unless user lives
  then destroy user
}

/// Pins a mapped range.
rule %_user.pin(user: @User, start: u64, length: u64, write: bool) -> pin: @Pin {
  let span = start..start + length - 1
  fails EBADF      [user]     unless user lives
  fails EOPNOTSUPP [kind]     unless user.may_pin
  fails EINVAL     [length]   when length == 0
  fails EOVERFLOW  [wrap]     when overflows(span.last)
  fails ENOENT     [unmapped] when some x in span: user.space.at[x] is none
  fails EPERM      [rights]   when write and (some r: @Range in user.space: overlaps(r.span, span) and not @_WRITE in r.rights)
  then pin = new @Pin { user, span }
}

probe %_space.owned(space: @Space, x: u64) -> va: maybe u64 {
  unspecified [space] unless space lives
  result va = if space.at[x] is some r then r.va + (x - r.span.first) else none
}

invariant %_pin.mapped "Pinned memory stays mapped":
  all n: @Pin, x in n.span: n.user.space.at[x] is some

invariant %_range.disjoint "Two ranges of one space never share an address":
  all a: @Range, b: @Range where a != b and a.space == b.space: not overlaps(a.span, b.span)

invariant %_range.aligned "Every range meets the alignment of its space":
  all r: @Range: %_fits(r, %_alignment(r.space))

invariant %_range.source_fits "The memory behind a range does not wrap": all r: @Range: not overflows(%_source(r).last)

step %_range.immutable "A range never moves":
  all r: @Range where after(r lives): after(r.span) == r.span and after(r.memory) == r.memory

step %_space.map.adds "A mapping adds what it was asked for" on %_space.map:
  all x in start..start + length - 1: after(space.at[x]) is some

cover %_memory.shared "Two ranges share memory": some a: @Range, b: @Range: a != b and a.memory == b.memory
)";

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string part_name(std::size_t module, std::size_t part) {
  return std::to_string(module) + "x" + std::to_string(part);
}

std::string written(const std::string& self, const std::string& peer) {
  std::string text;
  for (std::string_view rest = kPart; !rest.empty(); rest.remove_prefix(1)) {
    if (rest.front() == '%') {
      text += 'm' + self;
    } else if (rest.starts_with("@PSpace")) {
      text += 'M' + peer;
      rest.remove_prefix(1);
    } else if (rest.front() == '@') {
      text += 'M' + self;
    } else {
      text += rest.front();
    }
  }
  return text;
}

}  // namespace

std::vector<SourceFile> make_large_law(std::size_t lines) {
  std::vector<SourceFile> files{{"large.law", "/// A law as large as one likes.\n"}};
  std::size_t written_lines = 1;
  for (std::size_t module = 0; written_lines < lines; ++module) {
    const std::string name = "m" + std::to_string(module);
    SourceFile file{"large/" + name + ".law", "/// One of many modules.\n"};
    if (module > 0) file.text += "use large.m" + std::to_string(module - 1) + "\n";
    for (std::size_t part = 0; part < kParts; ++part) {
      const std::string peer = part_name(module > 0 ? module - 1 : 0, part);
      file.text += written(part_name(module, part), peer);
    }
    written_lines += count_lines(file.text) + 1;
    files.front().text += "use large." + name + "\n";
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace iolaw
