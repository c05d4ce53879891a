-- Help texts of rsa and stats. tests/stdlib/{rsa,stats}_test.lua fail when a function is missing here.
local help = require 'brain.help'

help.add_all [[
rsa.rdm(x, {distance = 'correlation', labels}) -> RDMs
Dissimilarities between the rows of x [conditions, features] or [k, conditions, features]. distance 'correlation',
'cosine' (1 - r), 'euclidean', 'sqeuclidean', 'sqeuclidean_mean' (over features). Sums are float64. help
'rsa.rdms' lists the methods.

rsa.rdms(tensor, {labels}) -> RDMs
Wraps condensed vectors [pairs] or [k, pairs] (upper triangle row by row) or matrices [n, n] or [k, n, n].
r.n conditions, r.labels, #r matrices
r:vectors() [k, pairs]   r:matrices() [k, n, n]   r:mean()   r:rank()   r:subset{0, 2} or {'cat', 'dog'}
r:select{0} some of the k   r:places{'cat', 'dog'} their numbers
Every function that takes RDMs takes such a tensor.

rsa.compare(a, b, {method = 'spearman', control}) -> Tensor [k_a, k_b]
method 'spearman', 'pearson', 'cosine', 'rho-a', 'tau-a', 'tau-b', and with control = RDMs 'partial' or
'partial-spearman'. Average ranks for ties; a pair that is NaN anywhere is left out. RDMs with labels are
brought into one order.

rsa.noise_ceiling(rdms, {method = 'spearman'}) -> lower, upper
How well any model could do: mean similarity of each subject's RDM to the mean of the others (lower) and of
all (upper), after scaling that suits the method (ranks; z-scores for pearson; root mean square for cosine).
spearman ranks the mean anew, as it would any model; rsa.noise_ceiling(r:rank(), {method = 'pearson'}) does
not, and gives the wider bounds that are sometimes reported.

rsa.pixels(images, {distance = 'correlation', labels}) -> RDMs
How the bytes of pictures differ: uint8 [n, height, width, channels].

rsa.silhouette(images, {distance = 'correlation', tolerance = 0, background, labels}) -> RDMs
How the outlines of objects differ: where a picture is not its background, the colour of its first pixel or a list
of one value for each channel; tolerance in bytes. By default the silhouette model of Kriegeskorte et al. 2008.

rsa.categorical(categories, {labels}) -> RDMs
0 within a category, 1 between; categories: a list of texts or numbers, one for each condition, or a Tensor.

rsa.decoding_rdm(trials, {classifier = 'svm', folds = 4, average = 5, repeats = 5, smooth = 5, seed = 0}) -> Tensor
[times, pairs]: cross-validated accuracy of telling two conditions apart from the channels at each time.
trials [conditions, repetitions, channels, times]; repetitions are averaged in random groups of `average`.
classifier 'svm' (linear, C = 1) or 'lda'.

rsa.smooth(x, width) -> Tensor
The centred mean over axis 0, its window cut at the ends.

rsa.evaluate(models, rdms, {method = 'spearman', over = 'both', samples = 1000, control, select, seed = 0, confidence = 0.95})
models: RDMs, or a table name -> RDMs; rdms: one for each subject. Bootstraps over = 'both' subjects and
conditions (pairs of a condition's own copies left out), 'subjects' or 'conditions'. Returns
.mean [models]  .interval [models, 2]  .draws  .per_subject [models, subjects]  .ceiling {lower, upper}  .names
.partial (the same, given control = RDMs; method 'spearman' or 'pearson')
:tests() p of pairs of models, and of each against 0   :summary()
select = 'nested': a model may have several RDMs (layers); each sample takes the one that is best on the
conditions it leaves out (.chosen).

rsa.evaluate_folds(models, rdms, {folds, method = 'spearman', over = 'both', samples = 1000, control, seed = 0,
confidence = 0.95})
Models that were fitted: RDM f of a model was made without the conditions of folds[f] (lists of numbers from 0, or of
labels) and is compared on them alone; a model of one RDM is compared in every fold. Means over folds. models: a table
name -> RDMs. Returns .names .mean .interval .draws .per_subject .ceiling .partial as rsa.evaluate, and .per_fold
[models, folds]. Conditions are drawn once for all folds, so that folds that share them vary together.

stats.ttest(a, {b}, {paired = false, equal_variance = false, tail = 'two', mean = 0}) -> {t, p, df, mean, standard_error}
Along axis 0: one sample against mean, Welch's test of two, or paired.

stats.wilcoxon(a, {b}, {tail = 'two'}) -> {statistic, p, n}
Signed ranks of a or a - b; exact up to 50 differences without ties and zeros.

stats.permutation(a, {b}, {paired = false, permutations = 1000, tail = 'two', seed = 0}) -> {observed, p, exact, permutations}
Means against 0, of pairs (signs of subjects are flipped; all flips where they fit), or of two groups.

stats.bootstrap(x, {statistic = mean, samples = 1000, confidence = 0.95, second, seed = 0})
-> {estimate, low, high, standard_error, draws}
Percentile interval; axis 0 of the Tensor x is resampled, with second = axis that axis too. x may be a function
of the drawn places (int64 Tensors), with n (and second_n) of them.

stats.cluster_permutation(a, {b}, {variant = 'signflip', threshold = 0.05, permutations = 1000, tail = 'two',
alpha = 0.05, seed = 0}) -> {clusters, mask, t, permutations, exact}
a (or a - b) [subjects, times] or [subjects, series, times] against 0. clusters: a list of {series, first, last,
mass, p, significant}; p is corrected over all series and times. Every flip of signs is taken where 2^subjects
is at most `permutations`. variant 'neurora' repeats NeuroRA's procedure, which is not corrected over series.

stats.fdr(p, {method = 'bh'}) -> Tensor
p adjusted for the false discovery rate: Benjamini-Hochberg, or 'by' for dependent tests.

stats.holm(p) -> Tensor
p adjusted for the family-wise error.

stats.fisher_ci(r, n, {confidence = 0.95}) -> low, high
Interval of a correlation (number or Tensor) over n independent samples.

stats.spearman_brown(r, factor = 2) -> reliability of a measure `factor` times as long

stats.rank(x) -> Tensor
Ranks from 1 along the last axis, the mean rank for ties.

stats.error_consistency(a, {b}) -> number, or Tensor [k, m]
Cohen's kappa of being right (1) or wrong (0) on the same trials; a [trials] and b [trials], or [k, trials] and
[m, trials]; without b, a with itself.

stats.error_consistency_ceiling(trials, {exclude = {}}) -> number, {subjects, conditions}
Mean kappa of all pairs of observers, then over conditions (those in exclude left out). trials: columns subj,
condition, category, object_response, imagename.
]]
