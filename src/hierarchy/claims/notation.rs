//! The symbols and words of the claims' texts, defined once.

use crate::claim::Term;

const fn term(name: &'static str, spellings: &'static [&'static str], meaning: &'static str) -> Term {
    Term { name, spellings, meaning }
}

/// In the order in which they build on one another.
pub const NOTATION: &[Term] = &[
    term(
        "d, k, N",
        &["d", "k", "N", "kd", "30kd", "60kd", "6kd", "30d", "60d"],
        "the number of inputs; the width, which is the number of features of a layer; the number of samples, or, in \
        bounds for kernels, of functions that were chosen without the labels",
    ),
    term(
        "S_l",
        &["S_l", "S_2", "S_3", "lin", "linskip", "quad01"],
        "a network of depth L is F(x) = sum_(l = 2..L) alpha_l |S_l|^2, where S_l = sum_j K_(l,j) f_j are the k \
        features of layer l, and it reads f_0 = x, f_1 = x^2 - 1 or f_j = (R_j S_j)^2, entry by entry, of lower \
        layers j. R_j is fixed: its squares span all quadratic forms of S_j; the target has R_j = I",
    ),
    term(
        "lin, linskip, quad01",
        &["lin", "linskip", "quad01"],
        "what layers read: in lin each the layer below it, and layer 2 the inputs; in linskip every layer the inputs \
        as well; in quad01 layer 2 reads x and x^2 - 1. `lin L3 k2 d16` is a target of depth 3 and width 2 in 16 \
        inputs",
    ),
    term("K_l", &["K_l", "K_2", "K_3", "K_(l,j)"], "the trained weights of layer l of the learner"),
    term(
        "W",
        &["W'W", "row space of W", "row of W", "z = Wx", "K'K"],
        "the weights of layer 2 of the target, where the learner has K_2",
    ),
    term(
        "M_2",
        &["M_2", "symmetric matrices M", "symmetric M", "among M"],
        "the matrix of the quadratic form x'Mx that layer 2 contributes, K_2'K_2, where it may be any symmetric matrix",
    ),
    term("head", &["head", "heads"], "what a layer adds to the output, alpha_l |S_l|^2 for layer l"),
    term(
        "eps",
        &["eps"],
        "the gap: layer l enters the output of a target with alpha_l = eps^(l-2), each eps times the one below",
    ),
    term(
        "population",
        &["population"],
        "the expectation over the law of the inputs, standard normal unless another is named, in the place of the \
        mean over samples",
    ),
    term(
        "free bias",
        &["free bias", "without a bias", "no bias"],
        "a constant in the output that is always fitted, so that a loss is the variance of the error",
    ),
    term(
        "te",
        &["te"],
        "the relative error: the variance of what is missing, y - F(x), over Var(y), y the target's labels without \
        noise. Of a trained network it is the population's, from the trained weights; a test error on a named sample \
        is called that",
    ),
    term(
        "f",
        &["error f", "ln f", "f/eps", "f of layer 2", "f and te", "f is", "f^2"],
        "the error of the features of layer 2: |K'K - W'W|_F / |W'W|_F, Frobenius norms, K the learner's weights of \
        layer 2 and W the target's",
    ),
    term(
        "phases; joint, layerwise",
        &["phase", "phases", "joint", "Joint", "layerwise", "Layerwise", "trained together", "switched on"],
        "layers are switched on one after the other, from layer 2 up; the phase of layer l ends when the next one \
        is. Joint training goes on training all layers that are on, layerwise training the newest alone; both have \
        the same samples, initial weights and number of steps",
    ),
    term(
        "chain of width 1",
        &["Chains of width 1", "Depth 3, width 1", "Width 1, unit heads", "Chain of width 1", "chains of width 1"],
        "the target is sum_(l = 2..L) t_l z^(p_l), z = <w, x>, |w| = 1, p_l = 2^(l-1); with unit heads t_l is \
        eps^(l-2) over the standard deviation of z^(p_l). A learner with the layers up to m on is sum_(l = 2..m) c_l \
        u^(p_l), u = <K_2, x>, c_l = alpha_l q_l^2, q_2 = 1, q_l = k_l q_(l-1)^2; its loss depends on a = <K_2, w>, \
        b = |K_2 - a w|, s = a^2 + b^2 and the k_l alone. On b = 0, y_l = c_l a^(p_l), and y^(m) is the optimum of \
        the stage in which the layers up to m are on; the bar of a layer is the least excess of the loss where its \
        y_l is 0. Gamma are the covariances of the z^(p_l), and T_2 is the coefficient of He_2 = z^2 - 1 in the \
        target's Hermite expansion",
    ),
    term("seed", &["seed", "seeds"], "the number that fixes a target's weights, its samples and the learner's initial weights"),
    term(
        "parity x_S",
        &["x_S", "parities", "parity"],
        "the product of the inputs x_i with i in S, on the cube {-1,1}^d; its degree is |S|",
    ),
    term(
        "H_p",
        &["H_p", "H_4", "H_m"],
        "the harmonic polynomials of degree p in d variables; dim H_p = C(d+p-1, p) - C(d+p-3, p-2). The share of a \
        target in it is the part of its variance that lies in these polynomials times functions of |x|",
    ),
    term(
        "N-dimensional method",
        &["N-dimensional method", "kernel method", "kernel methods", "any kernel", "N functions"],
        "one whose predictors, for all targets, lie in a space of N functions that was chosen without the labels. \
        Covered: any kernel on N samples that depends on d, the distribution, the inputs and unlabelled data; ridge, \
        early stopping or loss chosen per target; an intercept (N+1, or free for a family of mean zero); fixed \
        feature maps and random features (N is their number, for any sample size); neural tangent kernels and lazy \
        training with N parameters (N+1 unless the output at initialisation is 0); a kernel chosen per target among \
        Q candidates (QN). Not covered: a bandwidth tuned per target over a continuum; queries that adapt to labels; \
        kernels learned from labels",
    ),
    term("C(n, m)", &["C"], "the binomial coefficient"),
];
