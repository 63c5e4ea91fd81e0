# SPDX-License-Identifier: Apache-2.0
# Finding things in the law by whatever name one has.
expect(show_command 0 "rule ioas.map\\(.*by IOMMU_IOAS_MAP.*14  EFAULT.*rule ioas.map_anywhere" show ${law} IOMMU_IOAS_MAP)
expect(show_shared_command 0 "IOMMU_DESTROY: [0-9]+ rules.*ioas.destroy +ENOENT EBUSY" show ${law} IOMMU_DESTROY)
expect(show_short_command 0 "rule ioas.unmap" show ${law} ioas_unmap)
expect(show_function 0 "rule ioas.unmap" show ${law} iommufd_ioas_unmap)
expect(show_family 0 "ioas..: [0-9]+ rules.*ioas.copy +EOPNOTSUPP" show ${law} ioas)
expect(show_last_word 0 "rule access.pin" show ${law} pin)
expect(show_lets 0 "Where.*everything = iova == 0 and length == MAX" show ${law} ioas.unmap)
expect(show_small_errno 0 "EEXIST .17." show ${law} eexist)
expect(show_enum 0 "enum DriverType.*KNOWN_TYPE" show ${law} KNOWN_TYPE)
expect(show_success 0 "rule ioas.map" show ${law} ioas.map.ok)
expect(show_rule_errno 0 "ioas.map returns EEXIST .17. by.*11  ioas.map.overlap" show ${law} ioas.map EEXIST)
expect(show_rule_never 0 "ioas.map never returns EPERM; it may return EOPNOTSUPP" show ${law} ioas.map EPERM)
expect(show_rule_no_errno 64 "did you mean EEXIST" show ${law} ioas.map EEXITS)
expect(show_no_rule_errno 64 "did you mean ioas.map" show ${law} ioas.mapp EEXIST)
expect(show_near_command 64 "did you mean IOMMU_IOAS_MAP?" show ${law} IOMMU_IOAS_MPA)
expect(stats_table 0 "IOMMU_IOAS_UNMAP. . 1 . 8 . 4 .*all" stats ${law} --table)
expect(stats_two_forms 64 "excludes" stats ${law} --table --json)

# The law as a site. What it looks like is checked by .ci/check_site.
set(site ${CMAKE_CURRENT_BINARY_DIR}/site)
expect(doc 0 "iommufd.law: [0-9]+ files" doc ${law} --out ${site})
expect(doc_profile 0 "iommufd.law: [23][0-9] files" doc ${law} --profile core --out ${site}/core_only)
expect(doc_nowhere 64 "--out is required" doc ${law})
expect(doc_no_proofs 64 "cannot read /no/such/report" doc ${law} --out ${site} --proofs /no/such/report)
expect(doc_not_proofs 64 "is no report of" doc ${law} --out ${site} --proofs ${law})
expect(doc_bad 65 "error LAW0010" doc ${bad}/two.law --out ${site})
expect(doc_unwritable 64 "cannot write" doc ${law} --out /dev/null/site)

# Targets of the generator are known before any case is looked for.
expect(generate_unknown_target 64 "no target is named tab; there are: gtest, tap, jsonl" generate ${law} --target tab --out ${site})
expect(generate_one_folder 64 "2 of targets and 1 of folders: write --out once for each --target" generate ${law} --target tap
       --target jsonl --out ${site})
