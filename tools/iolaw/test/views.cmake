# SPDX-License-Identifier: Apache-2.0
# Views, the environment, and scopes by name.
set(views ${CMAKE_CURRENT_SOURCE_DIR}/views.law)
expect(check_views 0 "no mistake.*1 assumption about the environment holds of the instance, 1 assumption tried on 20000 values" check ${views})
expect(check_one_view 0 "no mistake" check ${views} --profile mock --linux 6.3)
expect(check_false_axiom 65 "LAW0076: the instance of the environment does not meet frame.fits" check
       ${CMAKE_CURRENT_SOURCE_DIR}/false_axiom.law)
expect(show_default_view 0 "4 +EEXIST +overlap +when" show ${views} ioas.map)
expect(show_profile 0 "5 +EFAULT +contiguous +only mock since linux 6.2 +unless contiguous" show ${views} ioas.map
       --profile mock)
expect(show_version 0 "3 +EEXIST +overlap +when" show ${views} ioas.map --linux 6.11)
expect(show_profiles 0 "Profiles: what is shown is profile mock.*ioas.punch.*small" show ${views} --profile mock)
expect(unknown_profile 64 "has no profile mok; did you mean mock" show ${views} --profile mok)
expect(no_profiles 64 "declares no profiles" stats ${bad}/../good/queues.law --profile mock)
expect(bad_version 64 "is no version: write major.minor" show ${views} --linux six)
expect(prove_axioms 0 "rest on these axioms.*frame.once" prove ${views} --invariant area.frames)
expect(prove_false_axiom 12 "violated: environment / frame.fits" prove ${CMAKE_CURRENT_SOURCE_DIR}/false_axiom.law)
expect(explore_named 0 "searched to its end" explore ${views} --scope small)
expect(explore_named_profile 0 "searched to its end" explore ${views} --scope small --profile mock)
expect(explore_unknown_scope 64 "declares no scope smal; did you mean small" explore ${views} --scope smal)
expect(emit_named 0 "" emit ${views} --scope small --out ${CMAKE_CURRENT_BINARY_DIR}/views.hpp)
expect(emit_unknown_scope 64 "did you mean small" emit ${views} --scope smal --out ${CMAKE_CURRENT_BINARY_DIR}/views.hpp)
expect(run_profile 0 "every invariant and step holds" run ${views} --profile mock --steps 50)
expect(stats_profile 0 "axioms +2" stats ${views} --profile mock)

# What an implementation may choose, and failing calls that leave something done, in every reader.
set(choices ${CMAKE_CURRENT_SOURCE_DIR}/choices.law)
expect(choices_prove 0 " 47 proved" prove ${choices})
expect(choices_run 0 "every invariant and step holds" run ${choices} --steps 300 --seed 3)
expect(choices_explore 0 "outcomes taken: 7 of 9" explore ${choices} --scope small)
expect(choices_diff 0 "9 of 9 outcomes" diff ${choices} --port model --steps 3000 --seed 1)
expect(choices_search 10 "no trace" search ${choices} --depth 3)
