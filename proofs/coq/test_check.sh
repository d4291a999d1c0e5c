#!/bin/sh
# Does check.sh notice?  Each fault is planted in a temporary copy of this
# directory, and check.sh must then fail for the stated reason.
# Takes a few minutes: some faults are only found after everything compiled.
set -eu
LC_ALL=C; export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; trap 'exit 130' INT TERM
failures=0 total=0

# planted NAME EXPECTED-TEXT COMMAND...: run COMMAND in a fresh copy, then check.sh.
planted() {
  name=$1 expected=$2; shift 2
  total=$((total + 1))
  rm -rf "$work/copy"; mkdir "$work/copy"
  cp "$here"/*.v "$here"/*.txt "$here"/check.sh "$work/copy"
  (cd "$work/copy" && "$@")
  if (cd "$here" && diff -rq . "$work/copy" -x '*.md' -x '*.py' -x test_check.sh -x '.*' >/dev/null); then
    echo "NOT PLANTED  $name"; failures=$((failures + 1)); return
  fi
  if "$work/copy/check.sh" > "$work/log" 2>&1; then
    echo "NOT NOTICED  $name"; failures=$((failures + 1))
  elif grep -q -e "$expected" "$work/log"; then
    echo "noticed      $name"
  else
    echo "WRONG REASON $name"; sed 's/^/    /' "$work/log" | tail -5; failures=$((failures + 1))
  fi
}
edit() { sed -i -e "$1" "$2"; }
append() { printf '%s\n' "$1" >> "$2"; }

# -- unfinished proofs and assumptions
last_proof_admitted() { # the last Qed of a file
  line=$(grep -n 'Qed\.' "$1" | tail -1 | cut -d: -f1); sed -i "${line}s/Qed\./Admitted./" "$1"; }
planted 'a proof left unfinished' 'forbidden word' last_proof_admitted KyFan.v
planted 'a goal given up inside a proof' 'forbidden word' \
  edit '0,/^by move=> led/s//admit. by move=> led/; 0,/^Proof\.$/s//Proof. admit./' Parity.v
planted 'an axiom' 'forbidden word' append 'Axiom gap : False.' Parity.v
planted 'an axiom behind an attribute' 'forbidden word' append '#[local] Axiom gap : False.' Parity.v
planted 'a parameter' 'forbidden word' append 'Parameter gap : False.' Parity.v
planted 'a hypothesis outside every section' 'outside a section' append 'Hypothesis gap : False.' Parity.v
planted 'a variable outside every section, second sentence of a line' 'outside a section' \
  append 'Section A. End A. Variable gap : False.' Parity.v
planted 'termination check switched off' 'forbidden word' append 'Unset Guard Checking.' Parity.v
planted 'a notation that could change what is printed' 'notation' \
  append 'Notation "a <= b" := True : ring_scope.' KyFan.v

# -- the list
planted 'a theorem missing from audit.txt' 'disagree' edit '/ kyfan_certificate$/d' audit.txt
planted 'a definition missing from audit.txt' 'disagree' edit '/ psd$/d' audit.txt
planted 'a new theorem that is not listed' 'disagree' \
  append 'Theorem unlisted : True. Proof. by []. Qed.' Parity.v
planted 'a listed theorem turned into a lemma' 'disagree' \
  edit 's/^Corollary dimension_bound /Lemma dimension_bound /' KyFan.v

# -- found by Coq
# (the optimum is 0.115210204569...; the certificate claims half a unit of the tenth digit to either side of 0.1152102046)
planted 'a certificate that claims too large an optimum' 'does not compile' \
  edit 's/lower := 11521020455;/lower := 11521020457;/' Certificate.v
planted 'a certificate that claims too small an optimum' 'does not compile' \
  edit 's/upper := 11521020465$/upper := 11521020456/' Certificate.v
planted 'one entry of the Gram matrix changed' 'does not compile' \
  edit '0,/gram_rows := \[::/{n;}; 0,/\[:: 9; 1; 1;/s//[:: 9; 2; 1;/' Certificate.v
classical() {
  sed -i 's/^From mathcomp Require Import all_ssreflect all_algebra\.$/From Coq Require FunctionalExtensionality.\n&/' Exponential.v
  cat >> Exponential.v <<'COQ'
Theorem smuggled (f g : nat -> nat) : (forall x, f x = g x) -> f = g.
Proof. exact: FunctionalExtensionality.functional_extensionality. Qed.
COQ
  echo 'Exponential theorem smuggled' >> audit.txt
}
planted 'an axiom of the standard library' 'rest on an axiom' classical

# -- found by the reviewed statements
planted 'a statement weakened by an extra premise' 'not the reviewed one' \
  edit 's/^    (a : {set .I_p\.\*2} -> .I_N -> R) :$/    (a : {set '"'I_p.*2} -> 'I_N -> R) (_ : (0 < N)%N) :/" Exponential.v
planted 'a definition changed, here the order of two terms' 'not the reviewed one' \
  edit 's/^  \[:: (2, \[:: 0; 1\]%N); (2, \[:: 2; 3\]%N);/  [:: (2, [:: 2; 3]%N); (2, [:: 0; 1]%N);/' Certificate.v
planted 'an assumption added inside a section' 'not the reviewed one' \
  edit 's/^Hypothesis top_neq0 : alpha H != 0\.$/&\nHypothesis easy : (H < 3)%N./; s/^Proof\.$/Proof. try have _ := easy./' SignedTreeBound.v

# -- the packages
total=$((total + 1))
mkdir "$work/bin"
for tool in sh dirname pwd mktemp rm cat echo; do
  path=$(command -v "$tool") && [ -x "$path" ] && ln -sf "$path" "$work/bin/$tool"; done
if PATH="$work/bin" sh "$here/check.sh" > "$work/log" 2>&1; then
  echo 'NOT NOTICED  Coq is missing'; failures=$((failures + 1))
elif grep -q 'coqc is missing; on Debian: apt-get' "$work/log"; then
  echo 'noticed      Coq is missing'
else
  echo 'WRONG REASON Coq is missing'; cat "$work/log"; failures=$((failures + 1))
fi

echo "$((total - failures)) of $total faults noticed"
[ "$failures" = 0 ]
