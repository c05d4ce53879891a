-- Help texts of plot. tests/stdlib/plot_test.lua fails when a function is missing here.
local help = require 'brain.help'

help.add_all [[
plot: figures as a paper takes them; each function takes one table of options and returns a figure
Every kind takes width ('single' = 89 mm, 'double' = 183 mm, or mm), height (mm), font (points, 7), family
(the nearest font the machine has; 'Arial'), title, xlabel, ylabel, xlim = {low, high}, ylim, xticks = list,
yticks, legend = 'auto', 'none', 'top left', 'top right', 'bottom left', 'bottom right', 'right'.
Colours are '#rrggbb' or 'blue', 'vermillion', 'green', 'purple', 'orange', 'sky blue', 'black', 'yellow'
(Okabe and Ito's, in this order), 'grey', 'white'. help 'plot.figure' says what a figure does.

plot.figure: what plot.lines and its kin return
figure:save('x.pdf', {dpi = 300, csv = true})  .pdf, .svg or .png; the numbers beside it in x.csv: panel,
series, x, y, low, high, one observation a line (an RDM: row, column, value; a histogram: middle, count,
edges). Both files appear whole or not at all. Text is selectable in PDF and made of outlines in SVG.
figure:svg() -> text for a page of HTML; ids are the figure's own    figure:png{dpi = 300}, figure:pdf() ->
bytes    figure:csv() -> text    figure.width, figure.height in mm

plot.lines{x, y, labels, colours, band, marks, ceiling, vline, hline, ...} -> figure
y: [n], [series, n], or a list of {y =, label =, colour =, band =, dashed =, width =}; x: [n], 0 ... n-1
where absent. band: half widths in y's shape (a standard error), or {low, high}. marks: where a series is
significant, as a boolean [series, n] or a list of {series or label, from, to} or {colour =, from =, to =},
drawn as thick bars below the curves. ceiling = {low, high}, numbers or [n]: a grey band behind. vline,
hline: a number or several.

plot.bars{values, errors, points, ceiling, brackets, labels, groups, colours, hline, ...} -> figure
values: [groups, bars] or [bars]; errors: half widths in its shape, or {low, high}; points: [groups, bars,
subjects] (or [bars, subjects]), a dot each, shifted sideways alike in every bar; ceiling = {low, high},
numbers or [groups]. groups name the places below, labels the bars of each in the legend. brackets: a list of
{place, place} (from 1), joined by a line above the bars: groups that differ.

plot.histogram{values, bins, density = false, labels, colours, vline, hline, ...} -> figure
values: a Tensor or a list of them, sharing the bins; NaN is left out. bins: their number (Freedman and
Diaconis's choice, 5 to 60, where absent) or rising edges; the last bin has its right edge.

plot.rdm{matrix, labels, groups, order, percentile = false, colour_bar, map = 'viridis', limits, ...} ->
figure
matrix: [n, n] or the n (n - 1) / 2 pairs of the upper triangle. The diagonal stays white. order: 0-based
conditions in the order to show. groups: {{name, count}, ...} in the shown order, or one name per condition.
percentile = true shows average ranks from 0 to 100. colour_bar: its label, or false. map: 'viridis',
'grey', 'diverging'; limits = {low, high} of the colours.

plot.scatter{x, y, labels, groups, colours, size = 3.2, opacity = 1, regression = false, identity = false,
vline, hline, ...} -> figure
x, y: [n]; labels: words beside the dots, left out where they would meet others; groups: a name per point,
each in its colour; size: diameter in points. regression adds the least-squares line and Pearson's r;
identity the line x = y.

plot.mds{points, images, labels, groups, colours, size, opacity = 1, ...} -> figure
points: [n, 2] on axes of one scale. images: a list of uint8 Tensors [h, w, 3], or [n, h, w, 3], shown as
thumbnails of size = 16 points, framed in the colour of their group; without them dots with labels.

plot.image_grid{images, labels, columns, colours, ...} -> figure
images: a list of uint8 Tensors [h, w, 3] or grey [h, w], or one Tensor [n, h, w, 3]; labels stand below,
colours frame.

plot.grid{{figure, ...}, {figure}, ..., letters = false, share, heights, width = 'double', height, font,
family} -> figure
Rows of figures of one panel. letters: true or 'a', 'A', or a list. share = 'x', 'y' or 'both': one range
for all axes whose limits are not set. heights: of the rows, relative. Axes of a row, and of a column where
every row has as many, are aligned.
]]
