/** What is seen when the browser has removed the page's files and nobody answers on the network. It stands alone. */

const TEXT = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Drydock</title>
<style>body{max-width:36rem;margin:15vh auto 0;padding:0 1.5rem;font:1rem/1.7 system-ui,sans-serif}</style>
<h1>页面的文件不在了</h1>
<p>浏览器清理过空间，Drydock 的一部分文件被删掉了，而现在连不上网络。连上网络后打开一次，就会自动补齐；保存下来的其他内容不受影响。</p>
<p><a href="">重试</a></p>
<div lang="en">
<h1>The page's files are gone</h1>
<p>The browser has made room and removed some of Drydock's files, and the network cannot be reached. Open this page once
with a network, and what is missing is fetched again; whatever else was kept stays.</p>
<p><a href="">Try again</a></p>
</div>
`;

export function lostPage(): Response {
  return new Response(TEXT, {
    status: 503,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "cache-control": "no-store",
    },
  });
}
