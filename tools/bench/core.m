-- SPDX-License-Identifier: Apache-2.0
-- core.law once more, for the model checker rumur: the same states, the same calls that succeed. What is not live or not
-- kept is undefined, so that it adds no states.
const
  SPACES: 2;
  MEMORIES: 2;
  AREAS: 3;
  USERS: 2;
  LAST: 3;

type
  Space: scalarset(SPACES);
  Memory: scalarset(MEMORIES);
  AreaId: scalarset(AREAS);
  User: scalarset(USERS);
  Address: 0..LAST;

  Area: record
    live: boolean;
    space: Space;
    memory: Memory;
    first: Address;
    last: Address;
  end;

  Access: record
    live: boolean;
    attached: boolean;
    space: Space;
    keeps: boolean;
    first: Address;
    last: Address;
  end;

var
  spaces: array[Space] of boolean;
  areas: array[AreaId] of Area;
  users: array[User] of Access;

function touches(a: Address; b: Address; c: Address; d: Address): boolean;
begin
  return a <= d & c <= b;
end;

-- Whether some area of the space has an address of first..last.
function taken(s: Space; first: Address; last: Address): boolean;
begin
  return exists x: AreaId do
    areas[x].live & areas[x].space = s & touches(areas[x].first, areas[x].last, first, last)
  end;
end;

-- Whether every address of first..last has an area of the space.
function mapped(s: Space; first: Address; last: Address): boolean;
begin
  return forall at: Address do
    at < first | at > last | exists x: AreaId do
      areas[x].live & areas[x].space = s & areas[x].first <= at & at <= areas[x].last
    end
  end;
end;

-- A memory without areas is one that does not live.
function unused(m: Memory): boolean;
begin
  return forall x: AreaId do !areas[x].live | areas[x].memory != m end;
end;

procedure place(x: AreaId; s: Space; m: Memory; first: Address; last: Address);
begin
  areas[x].live := true;
  areas[x].space := s;
  areas[x].memory := m;
  areas[x].first := first;
  areas[x].last := last;
end;

procedure remove(x: AreaId);
begin
  undefine areas[x];
  areas[x].live := false;
end;

procedure leave(u: User);
begin
  users[u].attached := false;
  undefine users[u].space;
end;

startstate "nothing lives"
begin
  for s: Space do spaces[s] := false; end;
  for x: AreaId do remove(x); end;
  for u: User do
    undefine users[u];
    users[u].live := false;
    users[u].attached := false;
    users[u].keeps := false;
  end;
end;

ruleset s: Space do
  rule "ioas.alloc" !spaces[s] ==> begin spaces[s] := true; end;

  rule "ioas.destroy"
    spaces[s] & forall u: User do !users[u].live | !users[u].attached | users[u].space != s end
  ==>
  begin
    spaces[s] := false;
    for x: AreaId do
      if areas[x].live & areas[x].space = s then remove(x); end;
    end;
  end;
end;

ruleset s: Space; x: AreaId; m: Memory; first: Address; last: Address do
  rule "ioas.map"
    spaces[s] & !areas[x].live & unused(m) & first <= last & !taken(s, first, last)
  ==>
  begin place(x, s, m, first, last); end;
end;

ruleset s: Space; source: AreaId; x: AreaId; first: Address do
  rule "ioas.copy"
    spaces[s] & areas[source].live & !areas[x].live & first + areas[source].last - areas[source].first <= LAST &
    !taken(s, first, first + areas[source].last - areas[source].first)
  ==>
  begin place(x, s, areas[source].memory, first, first + areas[source].last - areas[source].first); end;
end;

ruleset x: AreaId do
  rule "ioas.unmap"
    areas[x].live & forall u: User do
      !users[u].live | !users[u].keeps | users[u].space != areas[x].space |
      !touches(users[u].first, users[u].last, areas[x].first, areas[x].last)
    end
  ==>
  begin remove(x); end;
end;

ruleset u: User do
  rule "access.create" !users[u].live ==> begin users[u].live := true; end;
  rule "access.destroy" users[u].live & !users[u].keeps ==> begin leave(u); users[u].live := false; end;
  rule "access.detach" users[u].live & users[u].attached & !users[u].keeps ==> begin leave(u); end;
  rule "access.unpin"
    users[u].live & users[u].keeps
  ==>
  begin
    users[u].keeps := false;
    undefine users[u].first;
    undefine users[u].last;
  end;
end;

ruleset u: User; s: Space do
  rule "access.attach"
    users[u].live & !users[u].attached & spaces[s]
  ==>
  begin
    users[u].attached := true;
    users[u].space := s;
  end;
end;

ruleset u: User; first: Address; last: Address do
  rule "access.pin"
    users[u].live & users[u].attached & !users[u].keeps & first <= last & mapped(users[u].space, first, last)
  ==>
  begin
    users[u].keeps := true;
    users[u].first := first;
    users[u].last := last;
  end;
end;

invariant "area.disjoint"
  forall x: AreaId do forall y: AreaId do
    x = y | !areas[x].live | !areas[y].live | areas[x].space != areas[y].space |
    !touches(areas[x].first, areas[x].last, areas[y].first, areas[y].last)
  end end;

invariant "pin.mapped"
  forall u: User do users[u].live & users[u].keeps -> mapped(users[u].space, users[u].first, users[u].last) end;

invariant "access.attached"
  forall u: User do users[u].live & users[u].attached -> spaces[users[u].space] end;
