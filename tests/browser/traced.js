// Put into a page of `runnel trace --html` by trace.sh, which puts what `--json` says of the same trace before it, as
// `traced`. Leaves in place of the page what is wrong: a text that overlaps another or a heat map, a page that is wider
// than the window, a cell that is not as its number; and what is there to be seen.
addEventListener('load', () => {
  const lines = [], root = document.documentElement;
  if (root.scrollWidth > innerWidth) lines.push(`wide: ${root.scrollWidth} in ${innerWidth}`);

  const arrays = traced.layers.flatMap(layer => [
    {name: 'h', values: layer.h}, ...(layer.c ? [{name: 'c', values: layer.c}] : []), ...layer.gates]);
  const maps = [...document.querySelectorAll('.heat svg')];
  if (maps.length !== arrays.length) lines.push(`maps: ${maps.length}, expected ${arrays.length}`);
  const ground = getComputedStyle(document.body).backgroundColor;
  maps.forEach((map, i) => {
    const title = map.getAttribute('aria-label'), frame = map.querySelector('.frame');
    if (!title.endsWith(': ' + arrays[i].name)) lines.push(`title: ${title}, expected ${arrays[i].name}`);
    const texts = [...map.querySelectorAll('text')].map(text => text.getBBox());
    texts.forEach((box, t) => {
      if (box.x < 0 || box.x + box.width > Number(frame.getAttribute('x'))) lines.push(`label: ${title}, step ${t}`);
      if (t > 0 && texts[t - 1].y + texts[t - 1].height > box.y + 4) lines.push(`overlap: ${title}, step ${t}`);
    });
    const steps = arrays[i].values[0], units = steps[0].length;
    const largest = Math.max(1, ...steps.flat().map(Math.abs));
    const width = Number(frame.getAttribute('width')) / units;
    [...map.querySelectorAll('g')].forEach((row, t) => {
      const cells = [...row.querySelectorAll('rect')];
      steps[t].forEach((value, u) => {
        const left = Number(frame.getAttribute('x')) + u * width;
        const cell = cells.find(each => Math.abs(Number(each.getAttribute('x')) - left) < 0.5);
        const seen = cell ? Number(cell.getAttribute('opacity')) * (cell.classList.contains('up') ? 1 : -1) : 0;
        if (Math.abs(seen - value / largest) > 0.0101) lines.push(`cell: ${title}, ${t}, ${u}: ${seen} for ${value}`);
        if (cell && getComputedStyle(cell).fill === ground) lines.push(`unseen: ${title}, ${t}, ${u}`);
      });
      if (row.querySelector('title') === null) lines.push(`untitled: ${title}, step ${t}`);
    });
  });
  lines.push(`maps: ${maps.length}`, `ground: ${ground}`);
  const pre = document.createElement('pre');
  pre.textContent = 'seen\n' + lines.join('\n') + '\nend\n';
  document.body.replaceChildren(pre);
});
