// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/cells.hpp"

namespace iolaw::scope {
namespace {

// A tree over the objects of a kind, decided by new booleans.
Term any_object(Terms& terms, std::uint32_t kind, std::uint32_t size, const std::string& name, bool may_be_nobody) {
  Term tree = may_be_nobody || size == 0 ? nobody(terms, kind) : terms.object(kind, size - 1);
  for (std::uint32_t i = may_be_nobody ? size : size - (size > 0 ? 1 : 0); i-- > 0;) {
    tree =
        terms.conditional(terms.variable(name + "=" + std::to_string(i), smt::kBoolean), terms.object(kind, i), tree);
  }
  return tree;
}

Cells shape(const Law& law, const Sizes& sizes,
            const std::function<Cells::Row(std::uint32_t kind, std::uint32_t index)>& row) {
  Cells cells;
  cells.kinds.resize(law.kinds.size());
  for (std::uint32_t k = 0; k < law.kinds.size(); ++k) {
    for (std::uint32_t i = 0; i < sizes.at(k); ++i) cells.kinds[k].push_back(row(k, i));
  }
  return cells;
}

Value walk(Terms& terms, Term object, const std::function<const Value*(std::size_t)>& at, const Value& otherwise) {
  if (object->op == smt::TermOp::conditional) {
    return iolaw::choose(terms, object->args[0], walk(terms, object->args[1], at, otherwise),
                         walk(terms, object->args[2], at, otherwise));
  }
  if (object->op != smt::TermOp::object) throw std::logic_error("a reference of a finite scope is no tree of objects");
  return object->value == smt::kNil ? otherwise : *at(static_cast<std::size_t>(object->value));
}

}  // namespace

Term is_pow2(Terms& terms, Term x) {
  std::vector<Term> any;
  for (int i = 0; i < 64; ++i) any.push_back(terms.equal(x, terms.number(smt::Integer{1} << i)));
  return terms.disjunction(std::move(any));
}

Value any_value(Terms& terms, const Law& law, const Sizes& sizes, const Type& type, const std::string& name,
                bool may_be_nobody, std::vector<Term>& constraints) {
  Value value;
  for (const smt::Sort sort : parts_of(law, type)) {
    const std::string part = name + part_name(law, type, value.parts.size());
    value.parts.push_back(sort.tag == smt::Sort::Tag::object
                              ? any_object(terms, sort.kind, sizes.at(sort.kind), part, may_be_nobody || type.maybe)
                              : terms.variable(part, sort));
  }
  constraints.push_back(typed(terms, law, type, value));
  if (type.tag == TypeTag::nat) {
    constraints.push_back(terms.at_most(value.parts.back(), terms.number(smt::kMax64)));
  }
  if (type.tag == TypeTag::pow2) constraints.push_back(is_pow2(terms, value.parts.back()));
  return value;
}

Cells any_cells(Terms& terms, const Law& law, const Sizes& sizes, const std::string& prefix,
                std::vector<Term>& constraints) {
  Cells cells = shape(law, sizes, [&](std::uint32_t k, std::uint32_t i) {
    const std::string name = prefix + law.kinds[k].name + std::to_string(i);
    Cells::Row row{terms.variable(name, smt::kBoolean), {}};
    for (const Field& field : law.kinds[k].fields) {
      row.fields.push_back(any_value(terms, law, sizes, field.type, name + "." + field.name, false, constraints));
    }
    return row;
  });
  for (const auto& rows : cells.kinds) {
    for (std::size_t i = 1; i < rows.size(); ++i)
      constraints.push_back(terms.implies(rows[i].lives, rows[i - 1].lives));
  }
  return cells;
}

Cells first_cells(Terms& terms, const Law& law, const Sizes& sizes) {
  return shape(law, sizes, [&](std::uint32_t k, std::uint32_t) {
    Cells::Row row{terms.truth(false), {}};
    for (const Field& field : law.kinds[k].fields) row.fields.push_back(default_value(terms, law, field.type));
    return row;
  });
}

Cells choose(Terms& terms, Term condition, const Cells& a, const Cells& b) {
  if (condition->is_true()) return a;
  Cells result = b;
  for (std::size_t k = 0; k < result.kinds.size(); ++k) {
    for (std::size_t i = 0; i < result.kinds[k].size(); ++i) {
      const Cells::Row& yes = a.kinds[k][i];
      Cells::Row& row = result.kinds[k][i];
      if (yes == row) continue;
      row.lives = terms.conditional(condition, yes.lives, row.lives);
      for (std::size_t f = 0; f < row.fields.size(); ++f) {
        row.fields[f] = iolaw::choose(terms, condition, yes.fields[f], row.fields[f]);
      }
    }
  }
  return result;
}

Cells name_cells(Terms& terms, const Law& law, const Cells& cells, const std::string& prefix,
                 std::vector<Term>& definitions) {
  const auto name = [&](Term term, const std::string& as) -> Term {
    const bool leaf = term->args.empty();
    if (leaf) return term;
    if (term->sort.tag != smt::Sort::Tag::object) {
      const Term variable = terms.variable(as, term->sort);
      definitions.push_back(terms.equal(variable, term));
      return variable;
    }
    const auto size = static_cast<std::uint32_t>(cells.kinds.at(term->sort.kind).size());
    Term tree = nobody(terms, term->sort.kind);
    for (std::uint32_t i = size; i-- > 0;) {
      const Term object = terms.object(term->sort.kind, i);
      const Term is = terms.variable(as + "=" + std::to_string(i), smt::kBoolean);
      definitions.push_back(terms.equal(is, terms.equal(term, object)));
      tree = terms.conditional(is, object, tree);
    }
    return tree;
  };
  Cells result = cells;
  for (std::size_t k = 0; k < result.kinds.size(); ++k) {
    for (std::size_t i = 0; i < result.kinds[k].size(); ++i) {
      const std::string row_name = prefix + law.kinds[k].name + std::to_string(i);
      Cells::Row& row = result.kinds[k][i];
      row.lives = name(row.lives, row_name);
      for (std::size_t f = 0; f < row.fields.size(); ++f) {
        const Field& field = law.kinds[k].fields[f];
        for (std::size_t p = 0; p < row.fields[f].parts.size(); ++p) {
          Term& part = row.fields[f].parts[p];
          part = name(part, row_name + "." + field.name + part_name(law, field.type, p));
        }
      }
    }
  }
  return result;
}

Term ScopeView::lives(std::uint32_t kind, Term object) const {
  Terms& terms = translator_.terms();
  const auto& rows = cells_.kinds.at(kind);
  std::vector<Value> all;
  for (const Cells::Row& row : rows) all.push_back(single(row.lives));
  return walk(
             terms, object, [&](std::size_t i) { return &all.at(i); }, single(terms.truth(false)))
      .parts[0];
}

Value ScopeView::field(std::uint32_t kind, std::uint32_t field, Term object) const {
  const auto& rows = cells_.kinds.at(kind);
  const Value nothing =
      default_value(translator_.terms(), translator_.law(), translator_.law().kinds[kind].fields.at(field).type);
  return walk(
      translator_.terms(), object, [&](std::size_t i) { return &rows.at(i).fields.at(field); }, nothing);
}

Term ScopeView::child(std::uint32_t kind, Term parent, Term key) const {
  Terms& terms = translator_.terms();
  const Kind& declaration = translator_.law().kinds.at(kind);
  const auto& rows = cells_.kinds.at(kind);
  Term result = nobody(terms, kind);
  for (std::size_t i = rows.size(); i-- > 0;) {
    const Value& keys = rows[i].fields.at(declaration.key.value());
    const Term owns =
        terms.conjunction({rows[i].lives, terms.equal(rows[i].fields.at(declaration.parent.value()).parts[0], parent),
                           terms.within(key, keys.parts.front(), keys.parts.back())});
    result = terms.conditional(owns, terms.object(kind, static_cast<smt::Integer>(i)), result);
  }
  return result;
}

Term ScopeView::count(std::uint32_t count, Term object) const {
  Terms& terms = translator_.terms();
  std::vector<std::pair<smt::Integer, Term>> summands;
  for (const CountTerm& summand : translator_.law().counts.at(count).terms) {
    for (std::size_t i = 0; i < cells_.kinds.at(summand.kind).size(); ++i) {
      const Term member = terms.object(summand.kind, static_cast<smt::Integer>(i));
      summands.emplace_back(1, terms.indicator(is_member(translator_, *this, summand, member, object)));
    }
  }
  return terms.sum(summands, 0);
}

Term ScopeView::objects(bool universal, std::uint32_t kind, const std::function<Term(Term)>& body) const {
  Terms& terms = translator_.terms();
  std::vector<Term> parts;
  for (std::size_t i = 0; i < cells_.kinds.at(kind).size(); ++i) {
    parts.push_back(body(terms.object(kind, static_cast<smt::Integer>(i))));
  }
  return universal ? terms.conjunction(std::move(parts)) : terms.disjunction(std::move(parts));
}

Cells after(Translator& translator, const ScopeView& before, const Changes& changes) {
  Terms& terms = translator.terms();
  const Law& law = translator.law();
  Cells cells = before.cells();
  std::size_t shared = 0;
  for (std::uint32_t k = 0; k < cells.kinds.size(); ++k) {
    shared += law.kinds[k].shared ? 1 : 0;
    for (std::size_t i = 0; i < cells.kinds[k].size(); ++i) {
      const Term object = terms.object(k, static_cast<smt::Integer>(i));
      cells.kinds[k][i].lives = changes.lives(k, object);
      for (std::uint32_t f = 0; f < law.kinds[k].fields.size(); ++f) {
        cells.kinds[k][i].fields[f] = changes.field(k, f, object);
      }
    }
  }
  // A shared object lives on if it has users; one that dies may have held another, or had objects in it.
  for (std::size_t round = 0; round < shared; ++round) {
    const ScopeView view(translator, cells);
    for (std::uint32_t k = 0; k < cells.kinds.size(); ++k) {
      const Kind& kind = law.kinds[k];
      for (std::size_t i = 0; i < cells.kinds[k].size(); ++i) {
        Cells::Row& row = cells.kinds[k][i];
        const Term object = terms.object(k, static_cast<smt::Integer>(i));
        if (kind.shared) {
          const Term users = view.count(kind.users.value(), object);
          row.lives = terms.both(row.lives, terms.at_most(terms.number(1), users));
        }
        if (kind.parent && law.kinds[kind.fields[*kind.parent].type.id].shared) {
          const Term parent = row.fields[*kind.parent].parts[0];
          row.lives = terms.both(row.lives, view.lives(kind.fields[*kind.parent].type.id, parent));
        }
      }
    }
  }
  return cells;
}

}  // namespace iolaw::scope
