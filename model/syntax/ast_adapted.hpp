// SPDX-License-Identifier: Apache-2.0
// The members that the grammar fills in, in the order of the text. Spans are set when a rule succeeds.
#pragma once

#include <boost/fusion/include/adapt_struct.hpp>

#include "model/syntax/ast.hpp"

BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Type, maybe, name)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Binder, name, type, in)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Members, name, kind, in, where)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Let, name, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Fails, errors, tag, unless, condition)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Unspecified, tag, unless, condition)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Choose, name, type, where)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Tally, name, summand)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Result, name, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Init, name, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::New, kind, values)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Create, let, name, object)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Update, target, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::UpdateAll, members, target, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Each, members, order, items)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Const, name, type, value)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Enum, flags, name, constants)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Key, slot, name)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Field, role, name, type, key)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Object, name, shared, fields)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::CountTerm, field, where)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Count, name, terms)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Parameter, name, type)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Def, name, parameters, type, body)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Citation, source, file, anchors)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Rule, probe, name, parameters, results, citations, items)
BOOST_FUSION_ADAPT_STRUCT(iolaw::ast::Property, tag, name, title, on, formula)
