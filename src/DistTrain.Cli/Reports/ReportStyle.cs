namespace DistTrain.Cli;

/// <summary>The report's style sheet: no font, picture or script from elsewhere.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark;
          --page: #f6f7f9; --card: #fff; --ink: #1b2230; --soft: #5d6878; --line: #e2e6ec;
          --train: #2563eb; --validation: #ea580c; --right: 37 99 235; --wrong: 220 38 38;
          --good: #15803d; --bad: #b45309; }
        @media (prefers-color-scheme: dark) { :root {
          --page: #10141b; --card: #181e28; --ink: #e6eaf1; --soft: #97a3b4; --line: #2a3342;
          --train: #6ea8fe; --validation: #fb923c; --right: 88 148 255; --wrong: 248 90 90;
          --good: #4ade80; --bad: #fbbf24; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 56px; }
        h1 { font-size: 26px; margin: 0; letter-spacing: -.01em; }
        h2 { font-size: 16px; margin: 0 0 12px; }
        p { margin: 4px 0 0; color: var(--soft); }
        .badge { font-size: 13px; font-weight: 600; vertical-align: middle; margin-left: 10px;
          padding: 2px 10px; border-radius: 99px; border: 1px solid currentColor; }
        .good { color: var(--good); } .bad { color: var(--bad); }
        .cards, .two { display: grid; gap: 16px; margin-top: 20px; }
        .cards { grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); }
        .two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
          padding: 16px 18px; min-width: 0; }
        .card dt { color: var(--soft); font-size: 13px; }
        .card dd { margin: 2px 0 0; font-size: 22px; font-weight: 650;
          font-variant-numeric: tabular-nums; }
        .plot { width: 100%; height: auto; display: block; }
        .plot .grid { stroke: var(--line); }
        .plot .tick { fill: var(--soft); font-size: 12px; }
        .plot path { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .train path { stroke: var(--train); } .train circle { fill: var(--train); }
        .validation path { stroke: var(--validation); stroke-dasharray: 5 4; }
        .validation circle { fill: var(--validation); }
        .legend { float: right; font-weight: 400; font-size: 13px; color: var(--soft); }
        .legend i { display: inline-block; width: 18px; margin: 0 6px 4px 14px;
          border-top: 2px solid var(--train); }
        .legend i.validation { border-top: 2px dashed var(--validation); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 5px 8px; text-align: right; border-bottom: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 500; font-size: 13px; }
        .facts th { white-space: nowrap; }
        .facts th, .first th:first-child, .first td:first-child { text-align: left; }
        .facts td { overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
        .confusion th, .confusion td { text-align: center; border: 1px solid var(--card);
          padding: 6px 4px; font-size: 13px; min-width: 34px; }
        .confusion td.right { background: rgb(var(--right) / var(--a)); }
        .confusion td.wrong { background: rgb(var(--wrong) / var(--a)); }
        code, pre { font: 13px/1.45 ui-monospace, "Cascadia Mono", Menlo, monospace; }
        pre { margin: 0; overflow-x: auto; max-height: 460px; }
        footer { margin-top: 24px; color: var(--soft); font-size: 13px; }
        """;
}
