(* Certificates in whole numbers, checked by computation.                     *)
(*                                                                            *)
(* In words.  A certificate is a record of integers: a symmetric Gram matrix  *)
(* with a common denominator, a number N of features, and the witnesses of    *)
(* DualCertificate.v as fixed-point numbers with a common scale.  The program *)
(* check_certificate recomputes, in exact integer arithmetic, that the        *)
(* witnesses prove both claimed decimals.  Theorem certificate_sound: if it   *)
(* returns true, then for targets with that Gram matrix in ANY inner-product  *)
(* space, over any ordered field,                                             *)
(*   every N-dimensional span leaves a mean squared distance of at least      *)
(*   lower/10^digits, and some N-dimensional span leaves at most              *)
(*   upper/10^digits.                                                         *)
(*                                                                            *)
(* Quantifiers: certificate first; then the space and the targets; then the   *)
(* features.  Nothing is assumed of the program that found the witnesses.     *)
(* Integers are Coq's binary Z; real_of_Z sends them into the ordered field.  *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection KyFan InnerProduct DualCertificate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Delimit Scope Z_scope with BZ.  (* mathcomp takes %Z for its own integers *)

(* --------------------------- the data format ------------------------------ *)

Record certificate := Certificate {
  size_of : nat;              (* M, the number of targets *)
  features_of : nat;          (* N, the number of features *)
  denominator : Z;            (* Gram matrix = gram_rows / denominator *)
  gram_rows : seq (seq Z);    (* M rows of M integers *)
  scale : Z;                  (* s: witnesses below are divided by s *)
  threshold : Z;              (* c = threshold / s^2 *)
  excess_rows : seq (seq Z);  (* B = excess_rows / s, M rows *)
  excess_width : nat;         (* their common length *)
  factor_rows : seq (seq Z);  (* L = factor_rows / s, M rows *)
  factor_width : nat;
  coefficient_rows : seq (seq Z);  (* A = coefficient_rows / s, M rows of N *)
  feature_rows : seq (seq Z);      (* Y = feature_rows / s, N rows of M *)
  digits : nat;
  lower : Z;                  (* claimed: lower / 10^digits <= best mean error *)
  upper : Z                   (* claimed: best mean error <= upper / 10^digits *)
}.

Definition entry (rows : seq (seq Z)) (i j : nat) : Z := nth 0%BZ (nth [::] rows i) j.

Fixpoint zdot (u v : seq Z) : Z :=
  match u, v with
  | a :: u', b :: v' => (a * b + zdot u' v')%BZ
  | _, _ => 0%BZ
  end.

Definition zsum (n : nat) (F : nat -> Z) : Z :=
  foldr (fun i acc => (F i + acc)%BZ) 0%BZ (iota 0 n).

Definition rows_within (n : nat) (rows : seq (seq Z)) : bool :=
  all (fun row => size row <= n)%N rows.

(* s^2 (c I + B B' - G - L L'), entry i j. *)
Definition slack (c : certificate) (i j : nat) : Z :=
  ((if i == j then threshold c else 0)
   + zdot (nth [::] (excess_rows c) i) (nth [::] (excess_rows c) j)
   - scale c * scale c * entry (gram_rows c) i j
   - zdot (nth [::] (factor_rows c) i) (nth [::] (factor_rows c) j))%BZ.

Definition check_dominant (c : certificate) : bool :=
  all (fun i => (zsum (size_of c) (fun j => if j == i then 0%BZ else Z.abs (slack c i j))
                 <=? slack c i i)%BZ) (iota 0 (size_of c)).

Definition check_symmetric (c : certificate) : bool :=
  all (fun i => all (fun j => (entry (gram_rows c) i j =? entry (gram_rows c) j i)%BZ)
         (iota 0 (size_of c))) (iota 0 (size_of c)).

(* s^2 (tr G - c N - tr B B'). *)
Definition lower_numerator (c : certificate) : Z :=
  (zsum (size_of c) (fun i => scale c * scale c * entry (gram_rows c) i i
      - zdot (nth [::] (excess_rows c) i) (nth [::] (excess_rows c) i))
   - threshold c * Z.of_nat (features_of c))%BZ.

(* Row i of s^2 (1 - A Y). *)
Definition leftover (c : certificate) (i : nat) : seq Z :=
  [seq ((if i == k then scale c * scale c else 0)
        - zsum (features_of c) (fun j =>
            entry (coefficient_rows c) i j * entry (feature_rows c) j k))%BZ
  | k <- iota 0 (size_of c)].

(* s^4 tr (1 - A Y) G (1 - A Y)'. *)
Definition upper_numerator (c : certificate) : Z :=
  zsum (size_of c) (fun i => let row := leftover c i in
    zsum (size_of c) (fun k =>
      nth 0%BZ row k * zdot row (nth [::] (gram_rows c) k))%BZ).

Definition power_of_ten (n : nat) : Z := Z.pow 10 (Z.of_nat n).

Definition check_certificate (c : certificate) : bool :=
  [&& (0 <? scale c)%BZ, (0 <? denominator c)%BZ, (0 <=? threshold c)%BZ,
      (0 < size_of c)%N,
      rows_within (size_of c) (gram_rows c),
      rows_within (excess_width c) (excess_rows c),
      rows_within (factor_width c) (factor_rows c),
      check_symmetric c, check_dominant c,
      (lower c * (scale c * scale c * denominator c * Z.of_nat (size_of c))
        <=? lower_numerator c * power_of_ten (digits c))%BZ
    & (upper_numerator c * power_of_ten (digits c) <=?
       upper c * (scale c * scale c * (scale c * scale c)
                  * denominator c * Z.of_nat (size_of c)))%BZ].

(* ----------------- from binary integers to the ordered field -------------- *)

Section Reflection.
Variable R : realFieldType.

Definition real_of_Z (z : Z) : R :=
  match z with
  | Z0 => 0
  | Zpos p => (Pos.to_nat p)%:R
  | Zneg p => - (Pos.to_nat p)%:R
  end.
Local Notation r := real_of_Z.

Lemma real_opp z : r (- z) = - r z.
Proof. by case: z => [|p|p] /=; rewrite ?oppr0 ?opprK. Qed.

Lemma real_pos_sub p q : r (Z.pos_sub p q) = (Pos.to_nat p)%:R - (Pos.to_nat q)%:R.
Proof.
rewrite Z.pos_sub_spec; case: Pos.compare_spec => [->|pq|qp] /=.
- by rewrite subrr.
- rewrite Pos2Nat.inj_sub // minusE natrB ?opprB //.
  by apply/ssrnat.leP/Nat.lt_le_incl/Pos2Nat.inj_lt.
- rewrite Pos2Nat.inj_sub // minusE natrB //.
  by apply/ssrnat.leP/Nat.lt_le_incl/Pos2Nat.inj_lt.
Qed.

Lemma real_add x y : r (x + y) = r x + r y.
Proof.
case: x y => [|p|p] [|q|q]; rewrite ?add0r ?addr0 //=.
- by rewrite Pos2Nat.inj_add plusE natrD.
- by rewrite real_pos_sub.
- by rewrite real_pos_sub addrC.
- by rewrite Pos2Nat.inj_add plusE natrD opprD.
Qed.

Lemma real_sub x y : r (x - y) = r x - r y.
Proof. by rewrite /Z.sub real_add real_opp. Qed.

Lemma real_mul x y : r (x * y) = r x * r y.
Proof.
by case: x y => [|p|p] [|q|q]; rewrite ?mul0r ?mulr0 //= Pos2Nat.inj_mul multE natrM
  ?mulrN ?mulNr ?opprK.
Qed.

Lemma real_of_nat n : r (Z.of_nat n) = n%:R.
Proof. by case: n => //= n; rewrite SuccNat2Pos.id_succ. Qed.

Lemma real_ge0 z : (0 <= z)%BZ -> 0 <= r z.
Proof. by case: z => //= p _; rewrite ler0n. Qed.

Lemma real_gt0 z : (0 < z)%BZ -> 0 < r z.
Proof. by case: z => //= p _; rewrite ltr0n; apply/ssrnat.ltP/Pos2Nat.is_pos. Qed.

Lemma real_le x y : (x <=? y)%BZ -> r x <= r y.
Proof.
move=> /Z.leb_le xy; rewrite -subr_ge0 -real_sub; apply: real_ge0.
by apply/Z.le_0_sub.
Qed.

Lemma real_abs z : r (Z.abs z) = `|r z|.
Proof. by case: z => [|p|p] /=; rewrite ?normr0 ?normrN ?ger0_norm ?ler0n. Qed.

Lemma real_ten n : r (power_of_ten n) = 10%:R ^+ n.
Proof.
elim: n => [|n IH]; first by rewrite expr0.
rewrite /power_of_ten Nat2Z.inj_succ Z.pow_succ_r; last exact: Nat2Z.is_nonneg.
by rewrite real_mul -/(power_of_ten n) IH exprS.
Qed.

Lemma real_zsum n F : r (zsum n F) = \sum_(i < n) r (F i).
Proof.
rewrite -(big_mkord xpredT (fun i => r (F i))) /zsum /index_iota subn0.
by elim: (iota 0 n) => [|i s IH] /=; rewrite ?big_nil // big_cons real_add IH.
Qed.

Lemma real_zdot n u v : (size u <= n)%N ->
  r (zdot u v) = \sum_(j < n) r (nth 0%BZ u j) * r (nth 0%BZ v j).
Proof.
elim: u v n => [|a u IH] [|b v] [|n] //= un.
- by rewrite big_ord0.
- by rewrite big1 // => j _; rewrite nth_nil mul0r.
- by rewrite big_ord0.
- by rewrite big1 // => j _; rewrite nth_nil mul0r.
- by rewrite big1 // => j _; rewrite nth_nil mulr0.
by rewrite real_add real_mul (IH _ n) // big_ord_recl.
Qed.

(* The rows of integers, as a matrix divided by q. *)
Definition matrix_of (m n : nat) (rows : seq (seq Z)) (q : Z) : 'M[R]_(m, n) :=
  \matrix_(i, j) (r (entry rows i j) / r q).

Lemma rows_withinP n rows i : rows_within n rows -> (size (nth [::] rows i) <= n)%N.
Proof.
move=> /(all_nthP [::]) all_rows; have [im|mi] := ltnP i (size rows).
  exact: all_rows.
by rewrite nth_default.
Qed.

Lemma iota_all m (a : pred nat) : all a (iota 0 m) -> forall i : 'I_m, a i.
Proof. by move=> /allP h i; apply: h; rewrite mem_iota /=. Qed.

End Reflection.

(* ------------------------------ soundness --------------------------------- *)

Section Soundness.
Variables (R : realFieldType) (V : lmodType R) (ip : V -> V -> R).
Hypothesis ipC : forall x y, ip x y = ip y x.
Hypothesis ipP : forall a x y z, ip (a *: x + y) z = a * ip x z + ip y z.
Hypothesis ip_ge0 : forall x, 0 <= ip x x.
Local Notation r := (real_of_Z R).

Variable c : certificate.
Hypothesis checked : check_certificate c.
Local Notation M := (size_of c).
Local Notation N := (features_of c).

(* The targets have the Gram matrix of the certificate. *)
Variable f : 'I_(size_of c) -> V.
Hypothesis gram_f :
  forall i k, ip (f i) (f k) = r (entry (gram_rows c) i k) / r (denominator c).

Let s : R := r (scale c).
Let D : R := r (denominator c).
Let w : R := (s * s * D)^-1.
Let whole (m n : nat) rows : 'M[R]_(m, n) := \matrix_(i, j) r (entry rows i j).
Let G := whole M M (gram_rows c).
Let B := whole M (excess_width c) (excess_rows c).
Let L := whole M (factor_width c) (factor_rows c).

Lemma scale_gt0 : 0 < s.
Proof. by case/and5P: checked => /Z.ltb_lt /(real_gt0 R). Qed.

Lemma denominator_gt0 : 0 < D.
Proof. by case/and5P: checked => _ /Z.ltb_lt /(real_gt0 R). Qed.

Lemma weight_gt0 : 0 < w.
Proof. by rewrite invr_gt0 !mulr_gt0 ?scale_gt0 ?denominator_gt0. Qed.

Lemma gramE : gram ip f = (w * (s * s)) *: G.
Proof.
apply/matrixP => i k; rewrite !mxE gram_f mulrC; congr (_ * _).
by rewrite /w invfM mulrC mulrA mulfV ?mul1r // mulf_neq0 // gt_eqF ?scale_gt0.
Qed.

Lemma whole_dot m n rows (i j : 'I_m) : rows_within n rows ->
  r (zdot (nth [::] rows i) (nth [::] rows j))
  = (whole m n rows *m (whole m n rows)^T) i j.
Proof.
move=> within; rewrite (real_zdot R _ (rows_withinP i within)) mxE.
by apply: eq_bigr => k _; rewrite !mxE.
Qed.

Let E : 'M[R]_M := \matrix_(i, j) r (slack c i j).

Lemma slack_matrix : (w * r (threshold c))%:M + w *: (B *m B^T) - gram ip f
  - w *: (L *m L^T) = w *: E.
Proof.
have [_ _ _ _ /and5P [_ inB inL _ _]] := and5P checked.
apply/matrixP => i j; rewrite gramE !mxE /slack !(real_sub, real_add).
rewrite (whole_dot _ _ inB) (whole_dot _ _ inL) !real_mul !mulrBr mulrDr !mulrA.
congr (_ + _ - _ - _).
- by rewrite -[i == j]/(i == j :> nat); case: eqP; rewrite ?mulr0n ?mulr1n ?mulr0.
- by rewrite mxE.
- by rewrite mxE.
Qed.

Lemma slack_dominant : dominant (w *: E).
Proof.
have [_ _ _ _ /and5P [_ inB inL sym /andP [dom _]]] := and5P checked.
have dotC rows n (i j : 'I_M) : rows_within n rows ->
    r (zdot (nth [::] rows i) (nth [::] rows j))
    = r (zdot (nth [::] rows j) (nth [::] rows i)).
  move=> within; rewrite !(whole_dot _ _ within) !mxE.
  by apply: eq_bigr => k _; rewrite !mxE mulrC.
split=> [|i].
  apply/matrixP => i j; rewrite !mxE /slack !(real_sub, real_add, real_mul).
  rewrite (dotC _ _ j i inB) (dotC _ _ j i inL) eq_sym.
  by have /Z.eqb_spec -> := iota_all (iota_all sym j) i.
rewrite mxE (eq_bigr (fun j => w * `|E i j|)) => [|j _]; last first.
  by rewrite mxE normrM gtr0_norm ?weight_gt0.
rewrite -mulr_sumr ler_pmul2l ?weight_gt0 // mxE.
apply: le_trans (real_le R (iota_all dom i)); rewrite real_zsum big_mkcond.
rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => j _.
by rewrite -[j == i]/(j == i :> nat); case: eqP => //= _; rewrite mxE real_abs.
Qed.

Lemma lower_numeratorE : w * r (lower_numerator c) =
  \tr (gram ip f) - w * r (threshold c) * N%:R - w * \tr (B *m B^T).
Proof.
have [_ _ _ _ /and5P [_ inB _ _ _]] := and5P checked.
rewrite gramE mxtraceZ /lower_numerator real_sub real_zsum real_mul real_of_nat.
under eq_bigr => i _ do rewrite real_sub !real_mul (whole_dot _ _ inB).
rewrite sumrB mulrBr mulrBr -mulr_sumr addrAC !mulrA; congr (_ - _ - _).
by congr (_ * _); apply: eq_bigr => i _; rewrite mxE.
Qed.

Lemma ten_gt0 : 0 < 10%:R ^+ digits c :> R.
Proof. by rewrite exprn_gt0 // ltr0n. Qed.

Lemma size_gt0 : 0 < M%:R :> R.
Proof. by rewrite ltr0n; case/and5P: checked. Qed.

Lemma certificate_lower (phi : 'I_N -> V) :
  r (lower c) / 10%:R ^+ digits c <= M%:R^-1 * \sum_i sqdist ip (f i) phi.
Proof.
have [_ _ /Z.leb_le thr0 _ /and5P [_ _ _ _ /and3P [_ low _]]] := and5P checked.
have c0 : 0 <= w * r (threshold c) by rewrite mulr_ge0 ?(ltW weight_gt0) ?real_ge0.
have dom := slack_dominant; rewrite -slack_matrix in dom.
have := factored_certificate ipC ipP ip_ge0 phi c0 (ltW weight_gt0) dom.
rewrite -lower_numeratorE ler_pdivl_mull ?size_gt0 //; apply: le_trans.
rewrite mulrA ler_pdivr_mulr ?ten_gt0 // -mulrA ler_pdivl_mull; last first.
  by rewrite !mulr_gt0 ?scale_gt0 ?denominator_gt0.
have := real_le R low; rewrite !real_mul real_of_nat real_ten; apply: le_trans.
by rewrite [M%:R * _]mulrC [X in X <= _]mulrCA; apply: lexx.
Qed.

Let P := \matrix_(i, k) r (nth 0%BZ (leftover c i) k) : 'M[R]_M.
Let A : 'M[R]_(M, N) := \matrix_(i, j) (r (entry (coefficient_rows c) i j) / s).
Let Y : 'M[R]_(N, M) := \matrix_(i, j) (r (entry (feature_rows c) i j) / s).

Lemma leftoverE : 1%:M - A *m Y = (s * s)^-1 *: P.
Proof.
have ss : s * s != 0 by rewrite mulf_neq0 // gt_eqF ?scale_gt0.
apply/matrixP => i k; rewrite !mxE /leftover (nth_map 0%N) ?size_iota //.
rewrite nth_iota // add0n real_sub real_zsum mulrBr; congr (_ - _).
  rewrite -[i == k]/(i == k :> nat); case: eqP => _ /=; last by rewrite mulr0.
  by rewrite real_mul mulVf.
rewrite mulr_sumr; apply: eq_bigr => j _; rewrite !mxE real_mul.
by rewrite invfM mulrACA mulrC.
Qed.

Lemma upper_numeratorE : r (upper_numerator c) = \tr (P *m G *m P^T).
Proof.
have [_ _ _ _ /and5P [inG _ _ sym _]] := and5P checked.
rewrite /upper_numerator real_zsum; apply: eq_bigr => i _.
rewrite real_zsum mxE; apply: eq_bigr => k _.
have rowM : (size (leftover c i) <= M)%N by rewrite size_map size_iota.
rewrite real_mul (real_zdot R _ rowM) mulrC; congr (_ * _); last by rewrite !mxE.
rewrite mxE; apply: eq_bigr => j _; rewrite !mxE.
by have /Z.eqb_spec <- := iota_all (iota_all sym k) j.
Qed.

Lemma certificate_upper : exists phi : 'I_N -> V,
  (M%:R^-1 * \sum_i sqdist ip (f i) phi)%R <= r (upper c) / 10%:R ^+ digits c.
Proof.
have [_ _ _ _ /and5P [_ _ _ _ /and3P [_ _ up]]] := and5P checked.
have [phi h] := explicit_features ipC ipP ip_ge0 f A Y; exists phi.
rewrite ler_pdivr_mull ?size_gt0 //; apply: le_trans h _.
have scaled q b : \tr (q *: P *m (b *: G) *m (q *: P)^T) = q * b * q * \tr (P *m G *m P^T).
  rewrite [X in _ *m X]linearZ /= -!scalemxAl -!scalemxAr -!scalemxAl !mxtraceZ.
  by rewrite mulrA mulrA [q * q * b]mulrAC.
rewrite leftoverE gramE scaled -upper_numeratorE.
have ss : s * s != 0 by rewrite mulf_neq0 // gt_eqF ?scale_gt0.
have -> : (s * s)^-1 * (w * (s * s)) * (s * s)^-1 = (s * s * (s * s) * D)^-1.
  by rewrite [w * _]mulrC mulKf // /w -invfM mulrAC.
have D4 : 0 < s * s * (s * s) * D.
  by rewrite !mulr_gt0 ?scale_gt0 ?denominator_gt0.
rewrite ler_pdivr_mull // [M%:R * _]mulrA [X in _ <= X]mulrA ler_pdivl_mulr ?ten_gt0 //.
have := real_le R up; rewrite !real_mul real_of_nat real_ten => h'.
by apply: le_trans h' _; rewrite [M%:R * _]mulrC [X in _ <= X]mulrCA; apply: lexx.
Qed.

End Soundness.

(* Any targets with the Gram matrix of a certificate that checks. *)
Theorem certificate_sound (R : realFieldType) (V : lmodType R) (ip : V -> V -> R)
    (c : certificate) :
  (forall x y, ip x y = ip y x) ->
  (forall a x y z, ip (a *: x + y) z = a * ip x z + ip y z) ->
  (forall x, 0 <= ip x x) ->
  check_certificate c ->
  forall f : 'I_(size_of c) -> V,
  (forall i k, ip (f i) (f k) =
     real_of_Z R (entry (gram_rows c) i k) / real_of_Z R (denominator c)) ->
  (forall phi : 'I_(features_of c) -> V,
     real_of_Z R (lower c) / 10%:R ^+ digits c <=
     (size_of c)%:R^-1 * \sum_i sqdist ip (f i) phi) /\
  (exists phi : 'I_(features_of c) -> V,
     ((size_of c)%:R^-1 * \sum_i sqdist ip (f i) phi)%R <=
     real_of_Z R (upper c) / 10%:R ^+ digits c).
Proof.
move=> ipC ipP ip0 ok f gf; split=> [phi|].
  exact: certificate_lower.
exact: certificate_upper.
Qed.
