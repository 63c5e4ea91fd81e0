// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/rule_digest.hpp"

namespace iolaw {

void RuleDigest::add(std::uint64_t number) {
  // The finalizer of SplitMix64.
  std::uint64_t mixed = (value_ ^ number) + 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  value_ = mixed ^ (mixed >> 31);
}

void RuleDigest::add(std::string_view text) {
  add(text.size());
  for (const char c : text) add(static_cast<unsigned char>(c));
}

namespace {

class LawReader {
 public:
  explicit LawReader(RuleDigest& digest) : digest_(digest) {}

  void read_declarations(const Law& law) {
    if (law.profile) digest_.add(law.profiles[*law.profile].name);
    if (law.version) read(*law.version);
    for (const Constant& one : law.constants) {
      digest_.add(one.name);
      read(one.type);
      digest_.add(one.value);
      digest_.add(one.last);
    }
    for (const auto* enumerations : {&law.enums, &law.flag_sets}) {
      for (const Enumeration& one : *enumerations) {
        digest_.add(one.name);
        for (const std::string& constant : one.constants) digest_.add(constant);
      }
    }
    for (const Kind& kind : law.kinds) read(kind);
    for (const Count& count : law.counts) {
      digest_.add(count.name);
      digest_.add(count.kind);
      for (const CountTerm& term : count.terms) {
        digest_.add(term.kind);
        digest_.add(term.field);
        read(term.where);
      }
    }
    for (const Def& def : law.defs) {
      digest_.add(def.name);
      for (const Parameter& parameter : def.parameters) read(parameter.type);
      read(def.body);
    }
  }

  void read(const Rule& rule) {
    digest_.add(rule.name);
    digest_.add(rule.probe ? 1 : 0);
    for (const Parameter& parameter : rule.parameters) {
      digest_.add(parameter.name);
      read(parameter.type);
    }
    read(rule.items);
    for (const Branch& branch : rule.branches) read(branch);
    for (const Each& each : rule.eaches) read(each);
    for (const Effect& effect : rule.effects) read(effect);
    for (const std::uint32_t late : rule.late) digest_.add(late);
    for (const Result& result : rule.results) {
      digest_.add(result.name);
      read(result.type);
      read(result.value);
    }
  }

 private:
  void read(const Version& version) {
    digest_.add(version.major);
    digest_.add(version.minor);
  }

  void read(const Type& type) {
    digest_.add(static_cast<std::uint64_t>(type.tag) * 2 + (type.maybe ? 1 : 0));
    digest_.add(type.id);
  }

  void read(const Kind& kind) {
    digest_.add(kind.name);
    digest_.add(static_cast<std::uint64_t>(kind.container) * 2 + (kind.shared ? 1 : 0));
    for (const Field& field : kind.fields) {
      digest_.add(field.name);
      read(field.type);
      digest_.add(static_cast<std::uint64_t>(field.role));
    }
  }

  void read(const ExprPtr& expr) {
    if (!expr) {
      digest_.add(~std::uint64_t{0});
      return;
    }
    digest_.add(static_cast<std::uint64_t>(expr->op));
    read(expr->type);
    digest_.add(expr->value);
    digest_.add(expr->index);
    digest_.add(expr->kind);
    digest_.add(expr->children.size());
    for (const ExprPtr& child : expr->children) read(child);
  }

  void read(const std::vector<Item>& items) {
    digest_.add(items.size());
    for (const Item& item : items) {
      digest_.add(static_cast<std::uint64_t>(item.tag));
      digest_.add(item.slot);
      read(item.type);
      read(item.expr);
      digest_.add(item.branch);
      digest_.add(item.each);
    }
  }

  void read(const Branch& branch) {
    digest_.add(branch.tag);
    digest_.add((branch.unspecified ? 1U : 0U) + (branch.may ? 2U : 0U) + (branch.keeps ? 4U : 0U));
    for (const int error : branch.errors) digest_.add(static_cast<std::uint64_t>(error));
    read(branch.condition);
    if (branch.restriction.since) read(*branch.restriction.since);
  }

  void read(const Each& each) {
    digest_.add(each.slot);
    digest_.add(each.kind);
    read(each.where);
    read(each.order);
    read(each.items);
    for (const Tally& tally : each.tallies) read(tally.summand);
    for (const Effect& effect : each.effects) read(effect);
  }

  void read(const Effect& effect) {
    digest_.add(static_cast<std::uint64_t>(effect.tag));
    digest_.add(effect.slot);
    digest_.add(effect.kind);
    read(effect.object);
    read(effect.where);
    for (const FieldValue& value : effect.values) {
      digest_.add(value.field);
      read(value.value);
    }
  }

  RuleDigest& digest_;
};

}  // namespace

std::vector<std::uint64_t> rule_digests(const Law& law) {
  RuleDigest declarations;
  LawReader(declarations).read_declarations(law);
  std::vector<std::uint64_t> digests;
  for (const Rule& rule : law.rules) {
    RuleDigest digest = declarations;
    LawReader(digest).read(rule);
    digests.push_back(digest.value());
  }
  return digests;
}

}  // namespace iolaw
