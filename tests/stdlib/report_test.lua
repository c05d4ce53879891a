-- Reports: what becomes HTML, and that nothing in it comes from elsewhere.
local test = require 'brain.test'
local html = require 'brain.report.html'
local core = require 'brain.core'

test.case('base 64: the vectors of RFC 4648, and every byte', function()
  local vectors = {[''] = '', f = 'Zg==', fo = 'Zm8=', foo = 'Zm9v', foob = 'Zm9vYg==', fooba = 'Zm9vYmE=', foobar = 'Zm9vYmFy'}
  for text, expected in pairs(vectors) do test.equal(html.base64(text), expected) end
  test.equal(html.base64 '\0\xFF\xFE', 'AP/+')
end)

test.case('text is escaped', function()
  test.equal(html.escape [[<a href="x">'&]], '&lt;a href=&quot;x&quot;&gt;&#39;&amp;')
  test.equal(html.escape 'a\0b\1c', 'a b c')
  test.equal(html.escape 'na\u{EF}ve \xFF\xC3', 'na\u{EF}ve \u{FFFD}\u{FFFD}')
end)

test.case('numbers and lists', function()
  test.equal(html.value(3), '3')
  test.equal(html.value(0.123456789), '0.12346')
  test.equal(html.value(-1e-7), '−1e−07')
  test.equal(html.value(0 / 0), '–')
  test.equal(html.value {1, 'a<b'}, '1, a&lt;b')
end)

test.case('long tables are cut in the middle', function()
  local text = html.table(frame.new {{'i', torch.arange(100)}, {'t', 'x<y'}}, 10)
  test.equal(select(2, text:gsub('<tr>', '')), 12)
  test.truthy(text:find('<td colspan="2" class="gap">90 rows</td>', 1, true))
  test.truthy(text:find('<tr><td class="n">99</td><td>x&lt;y</td></tr>', 1, true), text)
end)

test.case('a page of a run and a comparison', function()
  test.in_folder(function(base)
    local folders = {}
    for i = 1, 2 do
      local folder = ('%s/run%d'):format(base, i)
      folders[i] = folder
      local run = experiment.start {name = 'paged', options = {beta = {1, 'b'}, data = {'<demo>', 'd'}},
        arguments = {'--out', folder, '--beta', tostring(i)}}
      run:log {epoch = 1, loss = 1 / i}
      run:table('scores', frame.new {{'roi', {'V1 & V2'}}, {'r', {0.5}}}, 'Scores <per> area')
      local picture = {}
      function picture:save(path) core.write_file(path, path:find 'svg$' and '<svg xmlns="..."/>' or 'png') end
      run:figure('panel/a', picture, 'A "caption"')
      run.record.headline, run.record.text = 'r < 0.5 in ' .. i, {'One.', 'Two.'}
      experiment.close 'finished'
    end
    local report = require 'brain.report'
    local page = report.html(folders[1])
    for _, part in ipairs {'<p class="lead">r &lt; 0.5 in 1</p>', '<p>Two.</p>', 'Scores &lt;per&gt; area', 'V1 &amp; V2',
      '<b>Figure 1.</b> A &quot;caption&quot;', 'src="data:image/svg+xml;base64,PHN2', '&lt;demo&gt;',
      core.sha256_file 'tests/stdlib/report_test.lua', '<h2>Metrics</h2>'} do
      test.truthy(page:find(part, 1, true), part)
    end
    local compared = require 'brain.report.compare'(folders)
    for _, part in ipairs {'2 runs compared', '<th>beta</th>', 'r &lt; 0.5 in 2', '<dt>data</dt>', '<h2>panel/a</h2>'} do
      test.truthy(compared:find(part, 1, true), part)
    end
    for _, text in ipairs {page, compared} do
      test.equal(text:find '<script' or text:find 'https?://' or text:find '<link', nil)
    end
    test.raises(function() report.html(base) end, 'expected a run folder, one that holds run.json')
  end)
end)
