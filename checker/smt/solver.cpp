// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/solver.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <unordered_set>

#include "checker/smt/lower.hpp"

namespace iolaw::smt {
namespace {

z3::solver make_solver(z3::context& context, Solver::Logic logic) {
  switch (logic) {
    case Solver::Logic::quantified:
      return z3::solver(context, z3::solver::simple());
    case Solver::Logic::bits:
      return z3::solver(context, "QF_FD");
    case Solver::Logic::integers:
      return z3::solver(context, "QF_LIA");
  }
  throw std::logic_error("no such logic");
}

Integer parse(const std::string& digits) {
  Integer value = 0;
  const bool negative = !digits.empty() && digits[0] == '-';
  for (std::size_t i = negative ? 1 : 0; i < digits.size(); ++i) value = value * 10 + (digits[i] - '0');
  return negative ? -value : value;
}

// The contexts that live, so that they can be interrupted.
struct Alive {
  std::mutex mutex;
  std::set<Z3_context> contexts;
};

Alive& alive() {
  static Alive all;
  return all;
}

// What one more context may take. Where there is less, Z3 makes none and its C++ interface does not notice.
constexpr std::uint64_t kContextBytes = std::uint64_t{48} << 20;

std::atomic<std::uint64_t> most_bytes{0};  // 0: no limit

bool has_room() {
  const std::uint64_t most = most_bytes;
  if (most != 0 && Z3_get_estimated_alloc_size() + kContextBytes > most) throw SolverFailure("Z3: out of memory");
  return true;
}

[[noreturn]] void fail(const z3::exception& error) { throw SolverFailure(std::string("Z3: ") + error.msg()); }

}  // namespace

void limit_memory(std::uint32_t megabytes) {
  most_bytes = std::uint64_t{megabytes} << 20;
  Z3_global_param_set("memory_max_size", std::to_string(megabytes).c_str());
}

void interrupt_solvers() {
  const std::lock_guard lock(alive().mutex);
  for (const Z3_context context : alive().contexts) Z3_interrupt(context);
}

struct Solver::Impl {
  Impl(const Terms& terms, Logic chosen, const std::vector<std::string>& names)
      : room(has_room()),
        logic(chosen),
        kinds(names),
        solver(make_solver(context, chosen)),
        lowering(context, terms, chosen, kinds) {
    const std::lock_guard lock(alive().mutex);
    alive().contexts.insert(context);
  }
  ~Impl() {
    const std::lock_guard lock(alive().mutex);
    alive().contexts.erase(context);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  z3::expr value(Term term) {
    if (!model) throw std::logic_error("no model");
    return model->eval(lowering.lower(term), true);
  }

  // Some of Z3's solvers take variables only as assumptions.
  z3::expr literal(Term formula) {
    z3::expr lowered = lowering.lower(formula);
    if (formula->op == TermOp::variable) return lowered;
    const auto [found, added] = literals.try_emplace(formula, lowered);
    if (added) {
      found->second = context.bool_const(std::string("assumption.").append(std::to_string(literals.size())).c_str());
      solver.add(z3::implies(found->second, lowered));
    }
    return found->second;
  }

  bool room;  // before the context: there is memory for one
  Logic logic;
  std::vector<std::string> kinds;
  z3::context context;
  z3::solver solver;
  Lowering lowering;
  std::optional<z3::model> model;
  std::unordered_map<Term, z3::expr> literals;
  std::unordered_set<unsigned> core;
  std::string reason;
  bool exhausted = false;
};

std::string solver_name() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned build = 0;
  unsigned revision = 0;
  Z3_get_version(&major, &minor, &build, &revision);
  std::string name = "Z3";
  for (const unsigned part : {major, minor, build, revision}) name.append(".").append(std::to_string(part));
  return name;
}

Solver::Solver(const Terms& terms, Logic logic, const std::vector<std::string>& sorts) try
    : impl_(std::make_unique<Impl>(terms, logic, sorts)) {
} catch (const z3::exception& error) {
  fail(error);
}
Solver::~Solver() = default;

void Solver::assume(Term formula) {
  try {
    if (!formula->is_true()) impl_->solver.add(impl_->lowering.lower(formula));
  } catch (const z3::exception& error) {
    fail(error);
  }
}

Answer Solver::check(const Budget& budget, const std::vector<Term>& assumptions) {
  impl_->model.reset();
  impl_->reason.clear();
  impl_->exhausted = false;
  try {
    return ask(budget, assumptions);
  } catch (const z3::exception& error) {
    impl_->reason = std::string("Z3: ") + error.msg();
    impl_->exhausted = true;
    return Answer::unknown;
  }
}

Answer Solver::ask(const Budget& budget, const std::vector<Term>& assumptions) {
  z3::params params(impl_->context);
  params.set("timeout", budget.milliseconds);
  params.set("ctrl_c", false);  // signals are the program's business
  if (impl_->logic != Logic::bits && budget.resources > 0) params.set("rlimit", budget.resources);
  if (impl_->logic == Logic::quantified) {
    params.set("mbqi", false);
    params.set("auto_config", false);
  }
  impl_->solver.set(params);
  z3::expr_vector given(impl_->context);
  for (const Term assumption : assumptions) given.push_back(impl_->literal(assumption));
  switch (assumptions.empty() ? impl_->solver.check() : impl_->solver.check(given)) {
    case z3::unsat:
      impl_->core.clear();
      if (!assumptions.empty()) {
        for (const z3::expr& literal : impl_->solver.unsat_core()) impl_->core.insert(literal.id());
      }
      return Answer::unsat;
    case z3::unknown:
      impl_->reason = "Z3: " + impl_->solver.reason_unknown();
      // Z3 says "(incomplete quantifiers)", or the like, where it found nothing more to do; else one of many things.
      impl_->exhausted = impl_->reason.find("incomplete") == std::string::npos;
      return Answer::unknown;
    case z3::sat:
      break;
  }
  // Without model-based instantiation `sat` of a quantified question means nothing.
  if (impl_->logic == Logic::quantified) {
    impl_->reason = "Z3: neither a contradiction nor a model";
    return Answer::unknown;
  }
  impl_->model.emplace(impl_->solver.get_model());
  return Answer::sat;
}

const std::string& Solver::reason() const { return impl_->reason; }

bool Solver::exhausted() const { return impl_->exhausted; }

bool Solver::needed(Term assumption) { return impl_->core.contains(impl_->literal(assumption).id()); }

Integer Solver::number(Term term) {
  try {
    Integer value = parse(impl_->value(term).get_decimal_string(0));
    if (impl_->logic == Logic::bits && value >= (Integer{1} << 71)) value -= Integer{1} << 72;
    return value;
  } catch (const z3::exception& error) {
    fail(error);
  }
}

bool Solver::truth(Term term) {
  try {
    return impl_->value(term).is_true();
  } catch (const z3::exception& error) {
    fail(error);
  }
}

std::string Solver::smt2() const {
  return Z3_solver_to_string(impl_->context, impl_->solver) + std::string("(check-sat)\n");
}

}  // namespace iolaw::smt
