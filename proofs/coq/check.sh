#!/bin/sh
# Compile every proof here and fail unless every theorem is complete, rests on
# no axiom, and says exactly what statements.txt says it says.
#
#   ./check.sh            check (nothing is written here)
#   ./check.sh --accept   rewrite statements.txt from the sources, after review
#
# Needs Debian's coq and libcoq-mathcomp-algebra, and nothing else.
# audit.txt lists every theorem and every definition of the *.v files: a theorem
# or definition that is not listed there is an error, and so is the converse.
set -eu
LC_ALL=C; export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "proofs: $*" >&2; exit 1; }

accept=no
case "${1-}" in
  '') ;;
  --accept) accept=yes ;;
  *) echo "usage: check.sh [--accept]" >&2; exit 2 ;;
esac

# ---- the two packages -------------------------------------------------------
install="apt-get install --no-install-recommends coq libcoq-mathcomp-algebra"
for tool in coqc coqdep coqchk; do
  command -v "$tool" >/dev/null 2>&1 || {
    echo "proofs: $tool is missing; on Debian: $install" >&2; exit 2; }
done
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; trap 'exit 130' INT TERM
cd "$work"
echo 'From mathcomp Require Import all_ssreflect all_algebra.' > Probe.v
coqc -q -w none Probe.v >/dev/null 2>&1 || {
  echo "proofs: the mathcomp algebra library is missing; on Debian: $install" >&2
  exit 2; }
rm -f Probe.* .Probe.*
cp "$here"/*.v "$here"/audit.txt .
start=$(date +%s)

# ---- what the sources may not contain ---------------------------------------
# Comments (nested) are removed, then every sentence starts a line.
strip() {
  awk '{ line = $0; out = ""
         while (length(line)) {
           two = substr(line, 1, 2)
           if (two == "(*") { depth++; line = substr(line, 3) }
           else if (two == "*)" && depth > 0) { depth--; out = out " "; line = substr(line, 3) }
           else { if (!depth) out = out substr(line, 1, 1); line = substr(line, 2) }
         }
         print out }' "$1" | sed 's/\.[[:space:]][[:space:]]*/.\
/g' | sed 's/^[[:space:]]*//'
}
word='(^|[^A-Za-z0-9_'"'"'])'; end='($|[^A-Za-z0-9_'"'"'])'
forbidden='Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Declare|Load|Module|Canonical|Coercion|Instance|Program|Obligations?|Primitive|Extract|Register|Unset (Guard|Positivity|Universe) Checking|bypass_check|native_compute|Add'
assumption='^((Local|Global|Polymorphic|Monomorphic|#\[[^]]*\]) *)*(Hypothesis|Hypotheses|Variables?|Context|Let)([^A-Za-z0-9_]|$)'
declared='^((Local|Global|Polymorphic|Monomorphic|Private|#\[[^]]*\])[[:space:]]*)*(Theorem|Corollary|Proposition|Fact|Remark|Definition|Example|Fixpoint|CoFixpoint|Inductive|CoInductive|Variant|Record|Structure|Class|Function)[[:space:]][[:space:]]*([A-Za-z_][A-Za-z0-9_'"'"']*)'
: > found.txt
for file in *.v; do
  strip "$file" > stripped.txt
  # `Add Ring` of a proved ring_theory declares nothing: it tells the tactic ring of a lemma.
  sed -E 's/^Add Ring [A-Za-z_]+ : \(commutative_ring [^.]*\)\.$//' stripped.txt > words.txt
  if grep -nE "$word($forbidden)$end" words.txt; then
    fail "$file uses a forbidden word (line above)"
  fi
  if grep -nE '^((Global|#\[[^]]*\]) *)*(Notation|Infix|Reserved)' stripped.txt; then
    fail "$file declares a notation that is not Local: statements.txt could print something else than it means"
  fi
  awk -v file="$file" -v pattern="$assumption" '
    /^(Section|End)[ \t]/ { depth += ($1 == "Section") ? 1 : -1 }
    depth <= 0 && $0 ~ pattern { print file ": outside a section: " $0; bad = 1 }
    END { exit bad }' stripped.txt || fail "an assumption outside a section is an axiom"
  sed -nE "s/$declared.*/\\3 \\4/p" stripped.txt | while read -r kind name; do
    case "$kind" in
      Theorem|Corollary|Proposition|Fact|Remark|Example) echo "${file%.v} theorem $name" ;;
      *) echo "${file%.v} definition $name" ;;
    esac
  done >> found.txt
done
grep -v -e '^#' -e '^$' audit.txt > listed.txt || fail "audit.txt is empty"
sort found.txt > found.sorted; sort listed.txt > listed.sorted
cmp -s found.sorted listed.sorted || {
  comm -23 found.sorted listed.sorted | sed 's/^/  in the sources but not in audit.txt: /' >&2
  comm -13 found.sorted listed.sorted | sed 's/^/  in audit.txt but not in the sources: /' >&2
  fail "audit.txt and the sources disagree"; }
twice=$(cut -d' ' -f3 listed.txt | sort | uniq -d)
[ -z "$twice" ] || fail "declared twice: $twice"

# ---- compile ----------------------------------------------------------------
for file in $(coqdep -Q . KernelProofs -sort ./*.v 2>/dev/null); do
  # An assumption made outside a section is an error for Coq too.
  coqc -q -w "none,+local-declaration" -Q . KernelProofs "$file" ||
    fail "$file does not compile"
done

# ---- the kernel again, as a separate program --------------------------------
modules=$(for file in *.v; do printf ' -norec KernelProofs.%s' "${file%.v}"; done)
# shellcheck disable=SC2086
coqchk -silent -o $modules -Q . KernelProofs > coqchk.txt 2>&1 ||
  { cat coqchk.txt >&2; fail "coqchk rejects the compiled files"; }
# (mathcomp seals some definitions behind module types; coqchk lists those as
# its axioms.  Ours would be listed as KernelProofs.*)
if grep -n 'KernelProofs\.' coqchk.txt >&2; then fail "coqchk found an axiom of ours"; fi
if grep -E '(type-in-type|unsafe|assumed):' coqchk.txt | grep -v '<none>' >&2; then
  fail "coqchk found a disabled check"
fi

# ---- assumptions and statements ---------------------------------------------
{
  echo 'From Coq Require Import ZArith. From mathcomp Require Import all_ssreflect all_algebra.'
  for file in *.v; do
    [ "$file" = Audit.v ] || echo "From KernelProofs Require Import ${file%.v}."
  done
  echo 'Local Open Scope ring_scope.'
  echo 'Set Printing Width 90. Set Printing Depth 1000. Unset Printing Implicit Defensive.'
  while read -r file kind name; do
    if [ "$kind" = theorem ]; then
      echo "Redirect \"$name.assumptions\" Print Assumptions $file.$name."
      echo "Redirect \"$name.statement\" Check @$file.$name."
    else
      echo "Redirect \"$name.statement\" Print $file.$name."
    fi
  done < listed.txt
} > Audit.v
coqc -q -w none -Q . KernelProofs Audit.v || fail "the audit itself does not compile"
theorems=0 open=0
while read -r file kind name; do
  [ "$kind" = theorem ] || continue
  theorems=$((theorems + 1))
  assumptions=$(cat "$name.assumptions.out")
  echo "$file.$name: $assumptions"
  [ "$assumptions" = 'Closed under the global context' ] || open=$((open + 1))
done < listed.txt
[ "$open" = 0 ] || fail "$open of $theorems theorems rest on an axiom or a gap"

{
  echo "# The reviewed statements: every theorem as Coq prints it, and the body of"
  echo "# every definition.  Written by ./check.sh --accept; read the difference first."
  previous=
  while read -r file kind name; do
    [ "$file" = "$previous" ] || printf '\n======== %s.v\n' "$file"
    previous=$file
    printf '\n%s\n' "-- $kind"; cat "$name.statement.out"
  done < listed.txt
} > statements.txt
if [ "$accept" = yes ]; then
  cp statements.txt "$here/statements.txt"
  echo "proofs: statements.txt rewritten; review it as you would a proof"
elif ! diff -u "$here/statements.txt" statements.txt > difference.txt; then
  cat difference.txt
  fail "a statement or a definition is not the reviewed one (-: reviewed, +: sources).
proofs: if the change is intended and has been read, run ./check.sh --accept"
fi
echo "proofs: $theorems theorems, 0 axioms, statements as reviewed ($(($(date +%s) - start)) s)"
