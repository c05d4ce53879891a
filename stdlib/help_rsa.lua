-- Help texts of rsa and stats. tests/stdlib/{rsa,stats}_test.lua fail when a function is missing here.
local help = require 'brain.help'

help.add_all [[
rsa.rdm(x, {distance = 'correlation', labels, noise, conditions, folds, missing, prior_rate = 1, prior_weight = 0.1})
-> RDMs
Dissimilarities between the rows of x [conditions, features] or [k, conditions, features]. distance 'correlation',
'cosine' (1 - r), 'euclidean', 'sqeuclidean', 'sqeuclidean_mean' (over features; rsatoolbox's euclidean), 'manhattan',
'mahalanobis' (squared, mean over features; noise = precision), 'poisson', or a function of two rows that gives a
number. With conditions = names of the rows, x holds trials that are averaged first; conditions come sorted.
'crossnobis' and 'poisson_cv' multiply folds (runs) that are independent: x [folds, conditions, features], or [rows,
features] with conditions and folds for the rows, of any number of trials in each. They may be negative.
noise: the precision of the features [features, features], its diagonal [features], or for crossnobis one for each
fold (list or [folds, features, features]). missing = 'pairwise': NaN in x is a missing value, and two rows are
compared on the features that both have. Sums are float64. help 'rsa.rdms' lists the methods.

rsa.movie(x, {times, distance, ...}) -> RDMs
An RDM for each time of x [conditions, features, times] (or [rows, ...], [folds, conditions, features, times]): the
options of rsa.rdm, and times = a list of time points from 0 (all).

rsa.cross_temporal(x, {y, distance = 'correlation', method = 'spearman', times}) -> Tensor [times, times]
How alike the RDMs of x [conditions, features, times] at one time are to those at another, or to those of y (another
half of the trials, or another measure: row = time of x). With subjects in front [subjects, times, times], for
stats.cluster_permutation{dimensions = 2} or stats.tfce.

rsa.noise_covariance(x, {estimator = 'schaefer_strimmer', conditions, runs, degrees}) -> Tensor, {shrinkage, degrees}
Of residuals x [rows, features], or of trials less the mean of their conditions. estimator 'full', 'diagonal',
'ledoit_wolf', 'schaefer_strimmer'. runs: names of the rows' runs; then [runs, features, features], one for each.

rsa.noise_precision(x, {estimator = 'schaefer_strimmer', conditions, runs, degrees}) -> Tensor
The inverse of rsa.noise_covariance: the noise that rsa.rdm takes.

rsa.cka(x, y, {kernel = 'linear', unbiased = false, sigma, batch}) -> number
Centred kernel alignment of representations [stimuli, ...]. kernel 'rbf': sigma as given, or its square the median
squared distance. unbiased: HSIC of Song et al. 2012. batch: mean HSIC over minibatches of so many stimuli in order.

rsa.procrustes(x, y, {alpha = 1, metric = 'angular'}) -> number
Distance up to rotation of x [stimuli, ...] and y; alpha 0 whitens both first (up to any linear map, as CCA), numbers
between in part. metric 'angular' (radians; of sizes made equal) or 'euclidean'.

rsa.cca(x, y) -> Tensor
Canonical correlations, falling. Refused where x and y have more dimensions together than there are stimuli.

rsa.mds(rdm, {method = 'classical', dimensions = 2, starts = 4, iterations = 300, tolerance = 1e-6, seed = 0})
-> {points [conditions, dimensions], stress, eigenvalues, labels}
Points whose distances are like the dissimilarities of one RDM: 'classical' (Torgerson), or 'smacof' (least squares;
the best of `starts`; pairs that are NaN are left out).

rsa.model_map(rdms, {names, groups, method = 'spearman', layout = 'smacof', seed = 0, width = 'single', size = 4}) -> figure, table
A map of RDMs (models, layers, areas, subjects): 1 - their similarity, drawn in two dimensions. rdms: RDMs with names = a list,
or a table name -> RDMs, where several are numbered. groups: a name for each, which colours it. table: {points, dissimilarity}.

rsa.effective_dimensionality(x) -> number
(sum of eigenvalues)^2 / sum of their squares of the covariance of x [stimuli, ...].

rsa.rdms(tensor, {labels}) -> RDMs
Wraps condensed vectors [pairs] or [k, pairs] (upper triangle row by row) or matrices [n, n] or [k, n, n].
r.n conditions, r.labels, #r matrices
r:vectors() [k, pairs]   r:matrices() [k, n, n]   r:mean()   r:rank()   r:sqrt()   r:subset{0, 2} or {'cat', 'dog'}
r:select{0} some of the k   r:places{'cat', 'dog'} their numbers
r:plot{groups, titles, percentile, columns = 4, width, map, colour_bar, labels} a panel for each of the k; groups: a name for
each condition
r:save('x.h5', {measure, descriptors, rdm_descriptors, pattern_descriptors})  for rsatoolbox and data.rdm_file
Every function that takes RDMs takes such a tensor, or a list of RDMs with labels: rsa.union of it.

rsa.union{r1, r2, ...} -> RDMs
Subjects who saw different conditions: RDMs of all conditions together (in the order in which their labels first come), a row for
each row of every r, NaN where it does not have the pair. Each r needs labels. A model is brought to these conditions by
model:subset(union.labels). Takes 8 bytes for every row and pair of all conditions: 3300 conditions of 8 subjects are 350 MB.

rsa.model_rdms(model, images, {layers, distance = 'correlation', memory = '256MB', batch = 32, pool = 'none', precision =
'float32', labels}) -> table layer -> RDMs
RDMs of a network's layers (patterns as models.extract takes them, pool too), with at most `memory` of features at once:
layers are taken in several passes over the pictures, and one that is too large by itself in parts. images: a Tensor [n, 3,
height, width] or an image column. distance: correlation, cosine, euclidean, sqeuclidean or sqeuclidean_mean.

rsa.compare(a, b, {method = 'spearman', control, sigma}) -> Tensor [k_a, k_b]
method 'spearman', 'pearson', 'cosine', 'rho-a', 'tau-a', 'tau-b': average ranks for ties.
'cosine_cov', 'corr_cov': whitened by how dissimilarities covary; sigma = [n] or [n, n], how patterns' noise does.
'bures', 'bures_metric' (a squared distance), 'neg_riem_dist' (takes sigma): of second moments; need every pair.
'partial', 'partial-spearman': given control = RDMs, or each of b given the others of b. 'regression': weights of all b.
A pair that is NaN anywhere is left out for all: of rsa.union what all have in common is compared (rsa.evaluate takes each
subject on its own pairs). RDMs with labels are brought into one order.

rsa.permutation(models, rdms, {method = 'spearman', permute = 'conditions', permutations = 1000, tail = 'greater', seed = 0})
-> {observed, p, p_corrected, null, names, permutations}
Are models more like the subjects' RDMs (on average) than after the conditions' labels are dealt out anew? Rows and columns of
an RDM change places together: its cells are not independent of each other, and to permute them finds too much (refused).
p_corrected: by the largest similarity over models. models as for rsa.evaluate. Speaks of these subjects and conditions alone.
Subjects with different conditions are compared on their own pairs. Labels are dealt out among all conditions, which is valid
where who saw a condition has nothing to do with its kind; permute = 'seen': only among conditions that the same subjects have.

rsa.noise_ceiling(rdms, {method = 'spearman'}) -> lower, upper
How well any model could do: mean similarity of each subject's RDM to the mean of the others (lower) and of
all (upper), after scaling that suits the method (ranks; z-scores for pearson; root mean square for cosine).
Subjects with different pairs (rsa.union): each on its own, with the mean over those that have a pair; lower on pairs that
another has too, NaN where no two overlap. help 'rsa.evaluate' says what that assumes.
spearman ranks the mean anew, as it would any model; rsa.noise_ceiling(r:rank(), {method = 'pearson'}) does
not, and gives the wider bounds that are sometimes reported.

rsa.split_half(x, {conditions, folds, distance = 'correlation', noise, method = 'spearman', splits = 20, seed = 0, labels,
prior_rate = 1, prior_weight = 0.1}) -> halves
The noise ceiling of one subject, from its own repetitions: x [repetitions, conditions, features], or trials [rows, features] with
conditions = names of the rows, 2 or more trials of each. Every split deals the trials of each condition at random into two
halves, whose RDMs are compared by method 'pearson', 'spearman' or 'cosine'. Returns .reliability (mean similarity r of halves)
.lower = 2 r / (1 + r) (Spearman and Brown: what a replication of all trials would score) .upper = its root (what the RDM of
endlessly many such measurements would) .correlations of each split .first .second (RDMs, one for each split) .warnings
rsa.evaluate takes it as `halves`. r below 0: both are 0, with a warning. folds = runs of the rows: whole runs are dealt, as they
must be where trials of a run share noise (else r is too high); every condition in every run. 'crossnobis' and 'poisson_cv' need
folds (or [repetitions, ...], which are them), 4 or more; noise: one precision.
What is biased: the RDM that is meant has what noise adds to it on average. A constant does not matter to correlations; it does to
'cosine', whose ceiling is too high unless distances are cross-validated. Where conditions have unequal numbers of trials it is no
constant, and alike in both halves: too high (warned of). Where noise dominates, twice the trials take off more than half of an
RDM's noise: too low (in simulations of 8 repetitions .88 for a true upper ceiling of .88, .62 for .66, .25 for .33). Of odd
numbers one half has a trial more, in turns: too low by .01 of 7 repetitions, .05 of 3.

rsa.pixels(images, {distance = 'correlation', labels}) -> RDMs
How the bytes of pictures differ: uint8 [n, height, width, channels].

rsa.silhouette(images, {distance = 'correlation', tolerance = 0, background, labels}) -> RDMs
How the outlines of objects differ: where a picture is not its background, the colour of its first pixel or a list
of one value for each channel; tolerance in bytes. By default the silhouette model of Kriegeskorte et al. 2008.

rsa.categorical(categories, {labels}) -> RDMs
0 within a category, 1 between; categories: a list of texts or numbers, one for each condition, or a Tensor.

rsa.neighbourhoods(mask, {radius = 3, voxel_size = {1, 1, 1}, fraction = 0}) -> Neighbourhoods
Spheres about the voxels of a mask [x, y, z]: what lies in the mask, nearer than radius (in the units of voxel_size).
fraction: the part of a sphere, cut at the border of the volume, that must lie in the mask.
rsa.neighbourhoods({vertices = [v, 3], triangles = [t, 3]}, {radius = 3, mask = [v]}) are discs of a surface: what is nearer
than radius along the edges. rsa.neighbourhoods(list) of lists of columns, the centre first: sensors, say.
#h their number   h.centres   h:members(k) columns   h:volume(values [centres, ...], outside = NaN) -> [..., x, y, z], or
[..., v] of a surface

rsa.searchlight(x, models, {mask or neighbourhoods, radius = 3, voxel_size, fraction, distance = 'correlation',
method = 'spearman', control, residuals, estimator = 'schaefer_strimmer', degrees}) -> Tensor [centres, models], Neighbourhoods
Compares the RDM of every neighbourhood with RDMs of models as it arises; none is kept. x [conditions, voxels of the
mask], or [conditions, x, y, z]; with subjects in front, [subjects, centres, models]: what stats.tfce takes.
distance 'correlation', 'cosine', 'euclidean', 'sqeuclidean', 'sqeuclidean_mean', or 'crossnobis' of x [folds,
conditions, voxels] divided by the noise of each voxel, or with residuals = [rows, voxels] (in front [subjects] where x has
them) and 'mahalanobis': the covariance of noise is estimated in every neighbourhood, as rsa.noise_covariance does it
(estimator, degrees). method: as rsa.compare; control = RDMs for a partial one.

rsa.decoding_rdm(trials, {classifier = 'svm', folds = 4, average = 5, repeats = 5, smooth = 5, seed = 0}) -> Tensor
[times, pairs]: cross-validated accuracy of telling two conditions apart from the channels at each time.
trials [conditions, repetitions, channels, times]; repetitions are averaged in random groups of `average`.
classifier 'svm' (linear, C = 1) or 'lda'.

rsa.auc(curve, times) -> number, or Tensor [...]
The area under curve [..., times] by trapezoids.

rsa.smooth(x, width) -> Tensor
The centred mean over axis 0, its window cut at the ends.

rsa.evaluate(models, rdms, {method = 'spearman', over = 'both', samples = 1000, control, select, seed = 0,
confidence = 0.95, interval = 'percentile', crossvalidate = false, df, target = 'subjects', halves}) -> evaluation
models: RDMs, or a table name -> RDMs or fitted models; rdms: one for each subject. Bootstraps over = 'both' subjects
and conditions (pairs of a condition's own copies left out), 'subjects' or 'conditions'. Returns
.mean [models]  .interval [models, 2]  .draws  .per_subject [models, subjects]  .ceiling {lower, upper}  .names
.partial (the same, given control = RDMs; method 'spearman' or 'pearson')  .warnings
:tests{correct = 'none'} p of pairs of models, and of each against 0; correct 'fdr', 'holm' or 'bonferroni'
:difference(a, b) of two models by name: {estimate, low, high, p}   :summary()   :table() a Frame, one row for each model
:plot{correct = 'fdr', alpha = 0.05, sort, points, width, height, title, ylabel} bars with intervals, subjects and the
noise ceiling, and above them lines that join models that differ
:save('x.h5') for rsatoolbox.inference.load_results and data.rsatoolbox
.pairs [subjects]: how many pairs each is compared on
Subjects with different conditions or missing pairs (rsa.union, or NaN): models are compared with each subject on the pairs it
has; NaN in a model or control is left out for all, and said in .warnings. Conditions are drawn from all together. A subject with
fewer than 3 different pairs in a draw, or whose pairs do not vary, is not in that draw's means. For the ceilings each is scaled
on its own pairs (ranks over their number) and pooled with those that have the pair. Ranks and z-scores are then of what a
subject saw: subjects whose conditions differ in kind (one saw faces alone, another everything) are not on one scale. method
'pearson', 'spearman', 'cosine', 'rho-a', 'tau-a' or 'tau-b'; not with crossvalidate.
target = 'mean': models are compared with the mean RDM of the subjects drawn, instead of with each of them; no ceiling.
halves = what rsa.split_half returns, with one subject's RDM (of the same trials, distance and method; over = 'conditions'): the
ceiling and its draws come from the halves, under the same draws of conditions as the models.
select = 'nested': a model may have several RDMs (layers); each sample takes the one that is best on the
conditions it leaves out (.chosen).
interval = 'dual': three bootstraps (both factors, each alone) give the variance of a new study, which resampling both
at once overstates: .variance .difference_variance .ceiling_variance .components, t intervals, and t tests with a third
result, of each model against the lower ceiling. df = 'satterthwaite': degrees of freedom .df .difference_df .ceiling_df from
the parts of each variance; 'least': the smaller number of subjects and conditions less 1 (Schuett et al. 2023), which
covers more and rejects less than it says. Variances are overstated by some percent, more below 40 conditions (bootstraps
of pairs) and where subjects do not differ (parts of a variance are not let below 0).
crossvalidate = true or {conditions, subjects (numbers of folds), repeats = 2}: models are fitted to some subjects and
conditions and tested on others, within every sample of the three bootstraps; what dealing out folds adds is taken off
the variance. Models without a fit are better evaluated without it: intervals in small folds are somewhat narrow (90 to 93 %
for 95 in simulations of 30 and 40 conditions, those of fitted models 94 to 96 %). Needed for fitted models; method 'pearson', 'cosine', 'corr_cov' or 'cosine_cov'.

rsa.variance_partition(models, rdms, {method = 'spearman', over = 'both', samples = 1000, control, seed = 0, confidence = 0.95,
interval = 'percentile'}) -> partition
Commonality analysis (Newton and Spurrell 1967): each subject's RDM (its ranks, or method 'pearson') is regressed on every set of
2 to 6 models; what R^2 rises by a model added to all others is unique to it, and inclusion and exclusion give what exactly
two, three ... of them explain in common (below 0: they suppress one another). Means over subjects, draws as rsa.evaluate's:
.names .parts (a list of {models, kind = 'unique' or 'common', name}) .variances [parts] .intervals [parts, 2] .draws .total
.total_interval .per_subject [parts, subjects] .ceiling {lower, upper} (the noise ceiling, squared) .warnings   :summary()
:table() a Frame, one row for each part   :plot{points, most = 15, width, height, title, ylabel}
.semipartial [models] .semipartial_interval .p: the correlation with what the others leave of a model, its unique variance with a
sign. This is what is tested (one-sided, the share of draws not above 0): R^2 is never negative, so that an interval of it never
holds 0 and proves nothing. Draws hold fewer different conditions, in which R^2 by chance is larger: its intervals lie too high,
above the estimate where there is little to explain.
interval = 'dual' (over = 'both'): .semipartial_interval and .p from t of the corrected variance of rsa.evaluate, .variance .df.
A model unrelated to what subjects share was found (p < .05) in 3 and 4 % of simulated studies (20 and 40 conditions, 12 subjects,
Euclidean distances); in 1 and 2 % by percentiles over both factors, in 4 % over conditions, in 24 % over subjects, which speaks
of these conditions alone; and in less than 1 % with correlation distances of random patterns.
R^2 is not cross-validated, and rises by chance with every model: by 1 / pairs where dissimilarities vary independently (correlation
distances), by five times that for Euclidean distances of random patterns (.014 of 20 conditions, .007 of 40). Weights are fitted
to each subject, so that many models may exceed the ceiling, which one RDM for all has. control = RDMs that are partialled out of
models and subjects: parts of the variance that is left, no ceiling.
Models that are constant, the same or mixtures of one another (an eigenvalue of their correlations below 1e-8) are refused; in a
draw in which they become so they share what they explain.

rsa.discriminate(models, pool, {n, method = 'spearman', distance = 'correlation', starts = 4, seed = 0}) -> table
The n conditions of a pool on which the RDMs of models agree least: the mean correlation between models over pairs of
chosen conditions is lowered by exchanging one for another until none helps. models: a table name -> RDMs of the pool, or
a network or function that gives features of it; pool: what these take (a Tensor of pictures), or a list of labels, or
nil. Returns .places (from 0, rising) .labels .names .agreement .similarity [models, models] on the chosen conditions,
.pool_agreement on all, and .random {mean, low, high} of 200 random choices. Spearman's ranks are those in the pool while
choosing, and those among the chosen in what is returned.

rsa.multiverse(models, rdms, {contrast, distances = {'correlation', 'cosine', 'euclidean'}, methods = {'spearman',
'pearson', 'cosine'}, layers = {'last', 'mean', 'nested'}, over = {'both', 'subjects', 'conditions'}, controls, ceilings =
{'none', 'lower', 'upper'}, samples = 500, seed = 0, confidence = 0.95}) -> multiverse
One question under every combination of choices. models: a table name -> features [conditions, ...], a list of them
(layers in order), or RDMs; contrast = {'a', 'b'}: how much more like the subjects' RDMs a is than b, or {'a'}: than 0.
layers: the last, the mean RDM, or for each sample the best on the conditions it leaves out. controls: a table name ->
RDMs to be partialled out, one at a time. ceilings: in units of the noise ceiling. What cannot be combined is counted in
.left_out. Every specification sees the same draws, so that p_corrected compares its |effect| / standard error with the
largest over all (of draws about their mean). :summary()   :table() a Frame, one row for each   :plot{width, height} the
specification curve   .median .median_interval .effects .p .p_corrected .specifications

rsa.reweighted(x, rdms, {distance = 'dot', method = 'pearson', folds = 5, inner_folds = 4, repeats = 5, alphas, seed = 0})
-> table
RSA with a weight for each feature of x [conditions, features] (feature-reweighted RSA, Kaniuth and Hebart 2022): the
pairs' dissimilarities are predicted from products of features ('dot'; equal weights: Pearson's correlation) or their
squared differences ('sqeuclidean') by ridge regression. Scores are of pairs of left-out conditions; the penalty, alphas
times the mean variance of a feature over pairs, is chosen in folds of the others. Normal equations come from products of
features, without a row for each pair: time goes with features^3, so reduce thousands of them first. Returns for each of
the k RDMs .score and .unweighted [k] (means of Fisher's z, back as r), .scores and .unweighted_scores [folds, k], .alphas
of each fold, and of all conditions .alpha [k] and .weights [k, features].

rsa.weighted(rdms, {nonnegative = false, ridge = 0}) -> model
For rsa.evaluate: a mixture of RDMs whose weights are fitted by least squares.

rsa.choice(rdms) -> model
For rsa.evaluate: of several RDMs the one that fits best.

rsa.interpolated(rdms) -> model
For rsa.evaluate: the best mixture of two neighbours among RDMs.

rsa.fit_weights(model, rdms, {method = 'pearson'}) -> Tensor [RDMs of the model]
Weights of length 1 on the pooled RDM of all subjects.

rsa.evaluate_folds(models, rdms, {folds, method = 'spearman', over = 'both', samples = 1000, control, seed = 0,
confidence = 0.95})
Models that were fitted: RDM f of a model was made without the conditions of folds[f] (lists of numbers from 0, or of
labels) and is compared on them alone; a model of one RDM is compared in every fold. Means over folds. models: a table
name -> RDMs. Returns .names .mean .interval .draws .per_subject .ceiling .partial as rsa.evaluate, and .per_fold
[models, folds]. Conditions are drawn once for all folds, so that folds that share them vary together. All subjects need the
same pairs.

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
alpha = 0.05, seed = 0, dimensions = 1, adjacency, mask}) -> {clusters, mask, t, permutations, exact}
a (or a - b) [subjects, times] or [subjects, series, times] against 0. clusters: a list of {series, first, last,
mass, p, significant}; p is corrected over all series and times. Every flip of signs is taken where 2^subjects
is at most `permutations`. variant 'neurora' repeats NeuroRA's procedure, which is not corrected over series.
Maps: a [subjects, ...], and neighbours along the last `dimensions` axes (2: time by time); adjacency [m, m] says which
places of the first of them (sensors) are neighbours; or mask: of a volume, whose voxels are neighbours by their faces,
a [subjects, x, y, z] or [subjects, voxels of the mask]. Then clusters are {places [size, axes], size, mass, p,
significant}.

stats.tfce(a, {b}, {extent = 0.5, height = 2, permutations = 1000, tail = 'two', alpha = 0.05, seed = 0, dimensions = 1,
adjacency, mask}) -> {score, t, p, mask, permutations, exact}
Threshold-free cluster enhancement (Smith and Nichols 2009) of a (or a - b) against 0 over maps as above; the integral
over heights is exact. p of each point is corrected over all by the largest |score| under flipped signs.

stats.power(evaluation, {models, subjects, conditions, alpha = 0.05, power = 0.8}) -> Frame, Frame
How surely a study of so many subjects and conditions would tell two models apart, from an evaluation by
rsa.evaluate{interval = 'dual'}: as if their difference were the one seen there. models = {name, name} (default: the two
best); subjects, conditions: lists of numbers (default: those of the study once, twice and four times). First frame:
conditions, subjects, standard_error, power of the two-sided t test. Second: for each number of conditions the least
number of subjects whose power is enough (NaN: not by 100,000). Variance over conditions is taken to fall as 1 /
conditions; where models differ pair by pair it falls faster, and more conditions do better than is said here.

stats.fdr(p, {method = 'bh'}) -> Tensor
p adjusted for the false discovery rate: Benjamini-Hochberg, or 'by' for dependent tests.

stats.holm(p) -> Tensor
p adjusted for the family-wise error.

stats.bonferroni(p) -> Tensor
p times their number.

stats.ols(data, formula, {factors = {}, confidence = 0.95}) -> fit
Least squares of a Frame's columns: 'score ~ group + subject', a * b for a + b + a : b. Text columns, and those in
factors, are coded against their first level. .coefficients a Frame (term, estimate, standard_error, t, p, low, high)
.r2 .adjusted_r2 .sigma .df .fitted .residuals   fit:contrast{['group[b]'] = 1, ['group[c]'] = -1} -> {estimate,
standard_error, t, df, p, low, high}   fit:test(term, ...) -> {f, df, p}: the model against the one without

stats.breakpoints(x, y, {breaks = 1, apart = 1}) -> {breaks, slopes, intercept, residual}
The continuous line of 1 to 3 breaks (values of x) with the least squared error; apart: values of x between them.

stats.gsn(trials, {variant = 'biconvex', simulations = 50, conditions = 50, scale = true, split = 42, seed = 0})
-> {ceiling, scale, reliability, simulated, signal_covariance, noise_covariance, signal_mean, ncsnr, ...}
Signal and noise of trials [conditions, trials, units] as Gaussians, and the noise ceiling of RSA (median correlation
of RDMs of simulated patterns with and without noise). variant 'biconvex' (2024) or 'nearest' (2022). split: the seed
of the held-out conditions. simulations = 0: covariances only.

stats.ncsnr(trials, {averaged}) -> Tensor [units], Tensor [units]
Signal-to-noise ratio of trials [conditions, trials, units], and the share of variance of averages over `averaged`
trials (all) that is signal.

stats.rank_stability(scores, {permutations = 1000, seed = 0}) -> {mean, p, permutations}
Mean Spearman correlation between columns of scores [things, subjects]; p against things permuted in each column.

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

stats.error_consistency_score(right, decided, trials, {exclude = {}}) -> number or Tensor [models], {subjects, conditions, missing}
The same of models with observers, over observers, then conditions, without its sign. right: 1 or 0 for each
picture, [pictures] or [models, pictures]; decided: {category = list, imagename = list} of these pictures; trials as
above. Pictures are matched by what follows the third _ of their names; missing: trials of none of them.

stats.shape_bias(trials) -> Tensor [observers], names
Share of shape among decisions for shape or texture in pictures named SHAPE1-TEXTURE2.png (cue conflict).

stats.i2n(probabilities, trials, {images, objects, truth}, {splits = 2, seed = 0, cap = 5}) -> {raw, ceiling, score}
How alike a model's and people's difficulties with each image and distractor are (Rajalingham et al. 2018, as
Brain-Score has it): raw, correlation of d' with a half of the trials; ceiling, of the halves; score = raw / sqrt(ceiling).
probabilities [images, objects] of choice; trials: columns stimulus_id or image_id, sample_obj, dist_obj, choice.
images, objects: lists of names; truth: the object of each image.

stats.i2n_dprimes(x, {images, objects, truth}, {cap = 5}) -> Tensor [images, objects]
These d' of probabilities or of trials, less their mean over images of the same object; NaN where there is none.

stats.pls(x, y, {components = 25, scale = false}) -> {coefficients, intercept, weights, loadings, rotations, y_loadings}
Partial least squares regression of y [samples, targets] on x [samples, features], as scikit-learn's PLSRegression converges
to it (float64); scale: columns are divided by their standard deviations first. model:predict(x) -> [n, targets];
model:scores(x) -> [n, components], which are orthogonal over the samples of the fit.

stats.logistic(x, labels, {c = 1, iterations = 100, tolerance = 1e-9}) -> {weights, intercept, iterations}
Multinomial logistic regression that minimises c times the summed cross-entropy plus half the squared weights:
x [samples, features], labels int64 from 0. model:predict(x) -> probabilities [n, classes].
]]
