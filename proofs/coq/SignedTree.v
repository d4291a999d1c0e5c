(* The output of the signed tree, by induction on the depth.                  *)
(*                                                                            *)
(* In words.  For every set S of 2^H coordinates, the signed tree of S (a     *)
(* quadratic network with H squarings and orthonormal weight rows, defined in *)
(* Network.v) computes, on every x in {-1,1}^d,                               *)
(*     const + alpha_H c_H x_S,                                               *)
(* where x_S is the product of the x_i with i in S.  All lower layers have a  *)
(* constant Sum.  So all the variance of the network is in one parity.        *)
(*                                                                            *)
(* Quantifiers: for all d, H >= 1, S with |S| = 2^H, alpha, x.                *)
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres Parity Network.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section SignedTree.
Variables (R : rcfType) (d H : nat) (S : {set 'I_d}).
Hypothesis H_gt0 : (0 < H)%N.
Hypothesis cardS : #|S| = (2 ^ H)%N.
Local Notation sgn := (neuron_sign R).
Local Notation P := (node_product R S).

Lemma tree_node l u : (l < H)%N -> (u < tree_width d H l.+1)%N ->
  (u %/ 2 < 2 ^ (H - l.+1))%N.
Proof.
move=> lH /=; rewrite ltn_divLR // muln2; case: (l.+1 < H)%N => //.
by rewrite ltnS leqn0 => /eqP ->; rewrite double_gt0 expn_gt0.
Qed.

Lemma sqrt2_sqr : (Num.sqrt 2%:R : R) ^+ 2 = 2%:R.
Proof. by rewrite sqr_sqrtr // ler0n. Qed.

Lemma half_square (y z s : R) : y ^+ 2 = 1 -> z ^+ 2 = 1 -> s ^+ 2 = 1 ->
  (y + s * z) ^+ 2 = 2%:R * (1 + s * (y * z)).
Proof.
move=> y1 z1 s1; rewrite sqrrD exprMn y1 z1 s1 mulr1 mulrCA addrAC.
by rewrite -mulr2n -mulrnDl mulr_natl.
Qed.

Lemma opposite_pair (c w p : R) :
  w * (c * (1 + p)) + - w * (c * (1 - p)) = c * (2%:R * w * p).
Proof.
have pp : 1 + p - (1 - p) = 2%:R * p.
  by rewrite opprB [1 + p]addrC addrA addrAC addrK -mulr2n mulr_natl.
rewrite mulNr -!mulrBr pp mulrCA; congr (c * _).
by rewrite mulrA [w * _]mulrC.
Qed.

Lemma first_layer (x : cube d) (u : 'I_(tree_width d H 1)) :
  layer (@tree_weight R d H S) (sign_vector R x) 1 u 0 = 1 + sgn u * P x 1 (u %/ 2)%N.
Proof.
set n := (u %/ 2)%N; have nH : (n < 2 ^ (H - 1))%N by apply: tree_node.
have n2 : (n.*2.+1 < #|S|)%N.
  by rewrite cardS -(subnK H_gt0) addn1 expnS mul2n -doubleS leq_double.
rewrite [LHS]mxE.
have -> : (tree_weight R H S 0 *m sign_vector R x) u 0
    = (P x 0 n.*2 + sgn u * P x 0 n.*2.+1) / Num.sqrt 2%:R.
  rewrite mxE; pose g i : R := (if odd (place S i) then sgn u else 1) / Num.sqrt 2%:R
    * (-1) ^+ x i.
  rewrite (eq_bigr (fun i => if (i \in S) && (place S i %/ 2 == n)%N then g i else 0)).
    rewrite -big_mkcond (bigID (fun i => place S i == n.*2)) /=.
    rewrite (eq_bigl (fun i => (i \in S) && (place S i == n.*2))); last first.
      by move=> i; rewrite -andbA half_even.
    rewrite [X in _ + X](eq_bigl (fun i => (i \in S) && (place S i == n.*2.+1)));
      last by move=> i; rewrite -andbA half_odd.
    rewrite -(place_sum R x n2) -(place_sum R x (ltnW n2)) mulrDl mulr_sumr !mulr_suml.
    congr (_ + _); apply: eq_bigr => i /andP [_ /eqP pi]; rewrite /g pi /= odd_double.
      by rewrite mul1r mulrC.
    by rewrite mulrAC.
  by move=> i _; rewrite !mxE; case: ifP => _; rewrite ?mul0r.
rewrite exprMn exprVn sqrt2_sqr half_square ?node_product_sqr ?neuron_sign_sqr //.
by rewrite mulrAC mulfV ?mul1r ?pnatr_eq0 // node_product_split.
Qed.

Lemma half_block n : [/\ (n * 4) %/ 2 = n.*2, (n * 4).+1 %/ 2 = n.*2,
  (n * 4).+2 %/ 2 = n.*2.+1 & (n * 4).+3 %/ 2 = n.*2.+1]%N.
Proof.
have -> : (n * 4 = n.*2.*2)%N by rewrite -!mul2n mulnA mulnC.
rewrite -doubleS !divn2 !doubleK; split=> //; first exact: (uphalf_double n.*2).
exact: (uphalf_double n.*2.+1).
Qed.

Lemma later_layer (x : cube d) l (u : 'I_(tree_width d H l.+2)) : (l.+1 < H)%N ->
  (forall v : 'I_(tree_width d H l.+1),
    layer (@tree_weight R d H S) (sign_vector R x) l.+1 v 0 =
    tree_gain R l * (1 + sgn v * P x l.+1 (v %/ 2)%N)) ->
  layer (@tree_weight R d H S) (sign_vector R x) l.+2 u 0 =
  tree_gain R l.+1 * (1 + sgn u * P x l.+2 (u %/ 2)%N).
Proof.
move=> lH IH; set n := (u %/ 2)%N.
have nH : (n < 2 ^ (H - l.+2))%N by apply: tree_node.
have nw : (n * 4 + 4 <= tree_width d H l.+1)%N.
  rewrite /= lH -[(H - l.+1)%N]prednK ?subn_gt0 // -subnS expnS -mul2n mulnA.
  by rewrite -mulSnr mulnC leq_mul2l.
rewrite [LHS]mxE; set c := tree_gain R l.
have -> : (tree_weight R H S l.+1 *m layer (@tree_weight R d H S) (sign_vector R x) l.+1) u 0
   = c * (P x l.+1 n.*2 + sgn u * P x l.+1 n.*2.+1).
  rewrite mxE; pose g (v : nat) := sgn v * (if odd (v %/ 2) then sgn u else 1) / 2%:R
    * (c * (1 + sgn v * P x l.+1 (v %/ 2)%N)).
  rewrite (eq_bigr (fun v : 'I__ => if (v %/ 4 == n)%N then g v else 0)); last first.
    by move=> v _; rewrite IH !mxE; case: ifP => _; rewrite ?mul0r.
  rewrite -big_mkcond (sum_block4 g nw) /g.
  have [-> -> -> ->] := half_block n.
  have e4 : (n * 4 = n.*2.*2)%N by rewrite -!mul2n mulnA mulnC.
  rewrite /neuron_sign e4 /= !odd_double /= expr0 expr1.
  set p := P x _ _; set q := P x _ _; set s := (-1) ^+ odd u.
  have two : (2%:R : R) != 0 by rewrite pnatr_eq0.
  rewrite !mul1r !mulr1 !mulN1r -addrA [- s / _]mulNr.
  by rewrite !opposite_pair mulfV // mul1r [2%:R * (s / _)]mulrCA mulfV // mulr1 -mulrDr.
rewrite exprMn half_square ?node_product_sqr ?neuron_sign_sqr //.
by rewrite mulrCA mulrA -node_product_split.
Qed.

(* The value of every neuron of the tree. *)
Theorem signed_tree_layer (x : cube d) l (u : 'I_(tree_width d H l.+1)) :
  (l < H)%N ->
  layer (@tree_weight R d H S) (sign_vector R x) l.+1 u 0 =
  tree_gain R l * (1 + neuron_sign R u * node_product R S x l.+1 (u %/ 2)%N).
Proof.
elim: l u => [|l IH] u lH; first by rewrite first_layer /= mul1r.
by apply: later_layer => // v; apply: IH; apply: ltnW.
Qed.

Lemma tree_layer_sum (x : cube d) l : (l.+1 < H)%N ->
  \sum_u layer (@tree_weight R d H S) (sign_vector R x) l.+1 u 0 =
  tree_gain R l * (2 ^ (H - l.+1)).*2%:R.
Proof.
move=> lH; under eq_bigr do rewrite signed_tree_layer ?(ltnW lH) //.
pose g (u : nat) := tree_gain R l * (1 + sgn u * P x l.+1 (u %/ 2)%N).
have wE : tree_width d H l.+1 = (2 ^ (H - l.+1)).*2 by rewrite /= lH.
rewrite -[LHS]/(\sum_u g (nat_of_ord u)) wE (sum_pairs _ g).
rewrite (eq_bigr (fun=> tree_gain R l * 2%:R)) => [|v _].
  by rewrite sumr_const card_ord -mulr_natr -mulrA -natrM mul2n.
rewrite /g -mulrDr; congr (_ * _); rewrite /neuron_sign /= odd_double /=.
rewrite !divn2 doubleK (_ : v.*2.+1./2 = v); last exact: uphalf_double.
by rewrite expr0 expr1 mul1r mulN1r addrACA subrr addr0.
Qed.

Lemma tree_top_sum (x : cube d) l : l = H ->
  \sum_u layer (@tree_weight R d H S) (sign_vector R x) l u 0 =
  tree_gain R H.-1 * (1 + chi R S x).
Proof.
case: l => [H0|l lH]; first by have := H_gt0; rewrite -H0.
under eq_bigr do rewrite signed_tree_layer -?lH //.
pose g (u : nat) := tree_gain R l * (1 + sgn u * P x l.+1 (u %/ 2)%N).
have wE : tree_width d H l.+1 = 1%N by rewrite /= lH ltnn.
rewrite -[LHS]/(\sum_u g (nat_of_ord u)) wE big_ord1 /g /neuron_sign.
by rewrite expr0 mul1r div0n lH node_product_root // -lH.
Qed.

(* The network of depth L = H + 1 computes a constant plus one parity. *)
Theorem signed_tree_output (alpha : nat -> R) (x : cube d) :
  signed_tree H S alpha x =
  tree_constant H alpha + alpha H * tree_gain R H.-1 * chi R S x.
Proof.
rewrite /signed_tree /network_output big_nat_recr //= /tree_constant -addrA.
congr (_ + _).
  apply: eq_big_nat => l /andP [l0 lH]; rewrite -(prednK l0) in lH *.
  by rewrite tree_layer_sum.
by rewrite tree_top_sum // mulrA mulrDr mulr1.
Qed.

Lemma same_neuron (u v : nat) : (u %/ 2 == v %/ 2)%N && (odd u == odd v) = (u == v).
Proof.
rewrite !divn2; apply/andP/eqP => [[/eqP uv /eqP ouv]|->]; last by rewrite !eqxx.
by rewrite -[u]odd_double_half -[v]odd_double_half uv ouv.
Qed.

Lemma sign_pair (u v : nat) : 2%:R^-1 * (1 + sgn u * sgn v) = (odd u == odd v)%:R.
Proof.
have two : (2%:R : R) != 0 by rewrite pnatr_eq0.
rewrite /neuron_sign; case: (odd u); case: (odd v); rewrite ?expr0 ?expr1 /=
  ?mulrNN ?mulr1 ?mul1r ?subrr ?mulr0 //; by rewrite -mulr2n mulVf.
Qed.

Lemma first_rows : tree_weight R H S 0 *m (tree_weight R H S 0)^T = 1%:M.
Proof.
apply/matrixP => u v; rewrite [LHS]mxE [RHS]mxE -[u == v]/(u == v :> nat) -same_neuron.
have [nv|nv] /= := eqVneq (u %/ 2)%N (v %/ 2)%N; last first.
  apply: big1 => i _; rewrite [X in _ * X]mxE !mxE.
  case: ifP => [/andP [_ /eqP iu]|_]; last by rewrite mul0r.
  by rewrite iu (negbTE nv) andbF mulr0.
set n := (u %/ 2)%N; have nH : (n < 2 ^ (H - 1))%N by apply: tree_node.
have n2 : (n.*2.+1 < #|S|)%N.
  by rewrite cardS -(subnK H_gt0) addn1 expnS mul2n -doubleS leq_double.
rewrite -sign_pair.
pose g i : R := 2%:R^-1 * (if odd (place S i) then sgn u * sgn v else 1).
rewrite (eq_bigr (fun i => if (i \in S) && (place S i %/ 2 == n)%N then g i else 0)).
  rewrite -big_mkcond (bigID (fun i => place S i == n.*2)) /=.
  rewrite (eq_bigl (fun i => (i \in S) && (place S i == n.*2))); last first.
    by move=> i; rewrite -andbA half_even.
  rewrite [X in _ + X](eq_bigl (fun i => (i \in S) && (place S i == n.*2.+1)));
    last by move=> i; rewrite -andbA half_odd.
  have [i0 i0E] := place_pred1 n2; have [i1 i1E] := place_pred1 (ltnW n2).
  rewrite (big_pred1 i1) // (big_pred1 i0) // /g.
  have := i0E i0; have := i1E i1; rewrite /= !eqxx.
  move=> /andP [_ /eqP ->] /andP [_ /eqP ->].
  by rewrite /= !odd_double /= -mulrDr.
move=> i _; rewrite [X in _ * X]mxE !mxE -nv; case: ifP => _; last by rewrite mulr0.
rewrite /g mulrACA -expr2 exprVn sqrt2_sqr mulrC.
by case: odd; rewrite ?mulr1.
Qed.

Lemma later_rows l : (l.+1 < H)%N ->
  tree_weight R H S l.+1 *m (tree_weight R H S l.+1)^T = 1%:M.
Proof.
move=> lH; apply/matrixP => u v.
rewrite [LHS]mxE [RHS]mxE -[u == v]/(u == v :> nat) -same_neuron.
have [nv|nv] /= := eqVneq (u %/ 2)%N (v %/ 2)%N; last first.
  apply: big1 => i _; rewrite [X in _ * X]mxE !mxE.
  case: ifP => [/eqP iu|_]; last by rewrite mul0r.
  by rewrite iu (negbTE nv) mulr0.
set n := (u %/ 2)%N; have nH : (n < 2 ^ (H - l.+2))%N by apply: tree_node.
have nw : (n * 4 + 4 <= tree_width d H l.+1)%N.
  rewrite /= lH -[(H - l.+1)%N]prednK ?subn_gt0 // -subnS expnS -mul2n mulnA.
  by rewrite -mulSnr mulnC leq_mul2l.
rewrite -sign_pair.
pose g (w : nat) : R := 4%:R^-1 * (if odd (w %/ 2) then sgn u * sgn v else 1).
rewrite (eq_bigr (fun w : 'I__ => if (w %/ 4 == n)%N then g w else 0)); last first.
  move=> w _; rewrite [X in _ * X]mxE !mxE -nv; case: ifP => _; last by rewrite mulr0.
  rewrite /g mulrACA -invfM -natrM mulrC mulrACA -expr2 neuron_sign_sqr mul1r.
  by case: odd; rewrite ?mulr1.
rewrite -big_mkcond (sum_block4 g nw) /g.
have [-> -> -> ->] := half_block n.
rewrite /= odd_double /=; set s := sgn u * sgn v.
have four : (4%:R : R) != 0 by rewrite pnatr_eq0.
have two : (2%:R : R) != 0 by rewrite pnatr_eq0.
rewrite -!mulrDr -[1 + 1 + s + s]addrA -[1 + 1]mulr2n -[s + s]mulr2n -mulrnDl.
rewrite -[_ *+ 2]mulr_natl mulrA; congr (_ * _).
by apply: (mulfI four); rewrite mulrA mulfV // mul1r (natrM _ 2 2) mulfK.
Qed.

(* All rows of all weight matrices are orthonormal. *)
Theorem tree_weight_orthonormal l : (l < H)%N ->
  tree_weight R H S l *m (tree_weight R H S l)^T = 1%:M.
Proof. by case: l => [|l] lH; [exact: first_rows | exact: later_rows]. Qed.

End SignedTree.
