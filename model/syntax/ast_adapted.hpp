// SPDX-License-Identifier: Apache-2.0
// The members that the grammar fills in, in the order of the text. Spans are set when a rule succeeds.
#pragma once

#include <boost/fusion/include/adapt_struct.hpp>

#include "model/syntax/ast.hpp"

BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Type, maybe, name)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Binder, name, type, in)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Members, name, kind, in, where)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Let, name, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Fails, failing, errors, tag, restriction, unless, condition)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Unspecified, tag, restriction, unless, condition)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Choose, name, type, where)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Tally, name, summand)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Result, name, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Init, name, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::New, kind, values)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Create, let, name, object)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Update, target, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::UpdateAll, members, target, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Each, members, order, items)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Const, name, type, restriction, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Enum, flags, name, restriction, constants)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Key, slot, name)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Field, role, name, type, key)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Object, name, shared, restriction, fields)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::CountTerm, field, where)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Count, name, restriction, terms)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Parameter, name, type)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Def, given, name, parameters, type, restriction, body)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Citation, source, file, anchors)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Rule, probe, name, parameters, results, restriction, citations, items)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Property, tag, name, title, on, restriction, formula)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Since, source, version)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Profile, name, includes, title)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Axiom, name, title, restriction, formula)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Scope, name, title, restriction, text)
