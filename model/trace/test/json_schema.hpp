// SPDX-License-Identifier: Apache-2.0
// Whether a JSON document meets a JSON Schema, for the words of JSON Schema that the schemas of this project use.
#pragma once

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <string>

namespace iolaw {

namespace json_schema {

using Json = nlohmann::json;

inline bool is_of_type(const Json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "null") return value.is_null();
  return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
         (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean());
}

// A schema with a word that is not understood would check less than it says.
inline void refuse_unknown_words(const Json& schema) {
  static const char* const kKnown[] = {
      "$schema", "title",       "description", "type",     "required", "properties",
      "items",   "prefixItems", "minItems",    "maxItems", "const",    "enum",
      "anyOf",   "$ref",        "$defs",       "pattern",  "minimum",  "additionalProperties"};
  for (const auto& [word, part] : schema.items()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), word) == std::end(kKnown)) {
      throw std::invalid_argument("the test does not know this word of JSON Schema: " + word);
    }
  }
}

inline std::string misfit(const Json& schema, const Json& root, const Json& value, const std::string& where) {
  if (schema == true) return {};
  if (schema == false) return where + " must not be there";
  refuse_unknown_words(schema);
  if (schema.contains("$ref")) {
    const auto name = schema["$ref"].get<std::string>().substr(1);
    return misfit(root.at(Json::json_pointer(name)), root, value, where);
  }
  if (schema.contains("const") && value != schema["const"]) return where + " is not " + schema["const"].dump();
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
    return where + " is none of " + schema["enum"].dump();
  }
  if (schema.contains("anyOf")) {
    for (const Json& one : schema["anyOf"]) {
      if (misfit(one, root, value, where).empty()) return {};
    }
    return where + " is none of what it may be: " + value.dump();
  }
  if (schema.contains("type") && !is_of_type(value, schema["type"].get<std::string>())) {
    return where + " is no " + schema["type"].get<std::string>();
  }
  if (schema.contains("minimum") && value.get<double>() < schema["minimum"].get<double>())
    return where + " is too small";
  if (schema.contains("pattern") &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()))) {
    return where + " does not match " + schema["pattern"].dump();
  }
  if (value.is_object()) {
    for (const Json& name : schema.value("required", Json::array())) {
      if (!value.contains(name.get<std::string>())) return where + " lacks " + name.dump();
    }
    for (const auto& [name, member] : value.items()) {
      const Json properties = schema.value("properties", Json::object());
      const Json part = properties.contains(name) ? properties[name] : schema.value("additionalProperties", Json(true));
      if (const std::string found = misfit(part, root, member, where + "." + name); !found.empty()) return found;
    }
  }
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", std::size_t{0})) return where + " is too short";
    if (value.size() > schema.value("maxItems", value.size())) return where + " is too long";
    const Json prefix = schema.value("prefixItems", Json::array());
    for (std::size_t index = 0; index < value.size(); ++index) {
      const Json part = index < prefix.size() ? prefix[index] : schema.value("items", Json(true));
      const std::string found = misfit(part, root, value[index], where + "[" + std::to_string(index) + "]");
      if (!found.empty()) return found;
    }
  }
  return {};
}

}  // namespace json_schema

// Empty if the document meets the schema in this file, else where it does not.
inline std::string misfit(const std::string& schema_file, const nlohmann::json& document) {
  std::ifstream in(schema_file);
  const nlohmann::json schema = nlohmann::json::parse(in);
  return json_schema::misfit(schema, schema, document, "document");
}

}  // namespace iolaw
