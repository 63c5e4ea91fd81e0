// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/decode.hpp"

namespace iolaw::scope {
namespace {

void decode_value(const Law& law, smt::Solver& solver, const Type& type, const Value& value, Word* words) {
  switch (type.tag) {
    case TypeTag::boolean:
      words[0] = solver.truth(value.parts[0]) ? 1 : 0;
      return;
    case TypeTag::reference:
      words[0] = decode_object(solver, value.parts[0]);
      return;
    case TypeTag::interval:
      words[0] = static_cast<Word>(solver.number(value.parts[0]));
      words[1] = static_cast<Word>(solver.number(value.parts[1]));
      return;
    case TypeTag::flags:
      words[0] = 0;
      for (std::size_t i = 0; i < law.flag_sets[type.id].constants.size(); ++i) {
        if (solver.truth(value.parts[i])) words[0] |= Word{1} << i;
      }
      return;
    default:
      break;
  }
  if (type.maybe) {
    words[1] = solver.truth(value.parts[0]) ? 1 : 0;
    words[0] = words[1] == 1 ? static_cast<Word>(solver.number(value.parts[1])) : 0;
    return;
  }
  words[0] = static_cast<Word>(solver.number(value.parts[0]));
}

}  // namespace

Word decode_object(smt::Solver& solver, Term tree) {
  while (tree->op == smt::TermOp::conditional) tree = tree->args[solver.truth(tree->args[0]) ? 1 : 2];
  return tree->value == smt::kNil ? kNone : static_cast<Word>(tree->value);
}

State decode_state(const Law& law, smt::Solver& solver, const Cells& cells) {
  State state(law);
  for (std::uint32_t k = 0; k < cells.kinds.size(); ++k) {
    for (std::size_t i = 0; i < cells.kinds[k].size(); ++i) {
      const Cells::Row& row = cells.kinds[k][i];
      if (!solver.truth(row.lives)) continue;
      state.ensure(k, i);
      state.set_lives(k, i, true);
      for (std::uint32_t f = 0; f < row.fields.size(); ++f) {
        decode_value(law, solver, law.kinds[k].fields[f].type, row.fields[f], state.field(k, i, f));
      }
    }
  }
  return state;
}

Call decode_call(const Law& law, smt::Solver& solver, const Execution& execution) {
  Call call{static_cast<std::uint32_t>(execution.rule - law.rules.data()), {}};
  for (std::size_t i = 0; i < execution.arguments.size(); ++i) {
    Word words[2] = {0, 0};
    decode_value(law, solver, execution.rule->parameters[i].type, execution.arguments[i], words);
    call.arguments.push_back(words[0]);
  }
  return call;
}

Outcome decode_outcome(smt::Solver& solver, const Execution& execution) {
  Outcome outcome;
  for (std::size_t i = 0; i < execution.results.size(); ++i) {
    const Type& type = execution.rule->results[i].type;
    const Value& value = execution.results[i];
    if (type.tag == TypeTag::reference) {
      const Word object = decode_object(solver, value.parts[0]);
      outcome.results.push_back(object == kNone ? std::nullopt : std::optional<Word>(object));
    } else if (type.maybe && !solver.truth(value.parts[0])) {
      outcome.results.emplace_back(std::nullopt);
    } else if (type.tag == TypeTag::boolean) {
      outcome.results.emplace_back(solver.truth(value.parts[0]) ? 1 : 0);
    } else if (type.tag == TypeTag::flags) {
      Word mask = 0;
      for (std::size_t bit = 0; bit < value.parts.size(); ++bit) {
        if (solver.truth(value.parts[bit])) mask |= Word{1} << bit;
      }
      outcome.results.emplace_back(mask);
    } else {
      outcome.results.emplace_back(static_cast<Word>(solver.number(value.parts.back())));
    }
  }
  return outcome;
}

Wishes::Wishes(const Law& law) : favourites{0, 4096, 8192, 12288} {
  for (const Constant& constant : law.constants) {
    if (constant.type.is_integer() || constant.type.tag == TypeTag::interval) favourites.push_back(constant.value);
  }
}

void Wishes::want(const Type& type, const Value& value) {
  if (type.tag == TypeTag::interval) {
    numbers.push_back(value.parts[0]);
    successors.push_back(value.parts[1]);
  } else if (type.tag == TypeTag::u64 || type.tag == TypeTag::nat) {
    numbers.push_back(value.parts.back());
  } else if (type.tag == TypeTag::boolean || type.tag == TypeTag::flags) {
    for (const Term part : value.parts) absent.push_back(part);
  }
}

}  // namespace iolaw::scope
