#pragma once
// Tail probabilities and quantiles of the distributions that tests refer to.

namespace brain::stats {

// The regularised incomplete beta function I_x(a, b), a, b > 0, x in [0, 1]: the continued fraction by
// Lentz's method (Press et al., Numerical Recipes, 6.4). Relative error about 1e-13, for a or b of many
// thousands that of their log-gammas.
double incomplete_beta(double x, double a, double b);

// P(T > t) of Student's t with df > 0 degrees of freedom (real numbers allowed); NaN for a NaN.
double student_t_above(double t, double df);
// The t with P(T > t) = p, 0 < p < 1.
double student_t_quantile_above(double p, double df);

// P(T > t) of the noncentral t: (Z + delta) / sqrt(chi^2 / df). The mean of P(Z > t sqrt(chi^2 / df) - delta) over
// chi^2, by the trapezoidal rule in its logarithm; absolute error about 1e-12.
double noncentral_t_above(double t, double df, double delta);

// P(F > f) of the F distribution with a and b degrees of freedom.
double f_above(double f, double a, double b);

// P(Z > z) of the standard normal, and the z with P(Z > z) = p.
double normal_above(double z);
double normal_quantile_above(double p);

// P(X <= k) of the binomial with n trials of probability p.
double binomial_at_most(long k, long n, double p);

}  // namespace brain::stats
