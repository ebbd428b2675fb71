using Spectre.Console;
using Spectre.Console.Rendering;

namespace DistTrain.Cli;

/// <summary>The live bar of a run on a terminal.</summary>
internal static class LiveBar
{
    /// <summary>Runs the work while the bar shows how far it is.</summary>
    /// <param name="console">Of stderr.</param>
    /// <param name="progress">Asked at each redraw.</param>
    /// <param name="work">Given a way to write lines above the bar.</param>
    public static T Run<T>(
        IAnsiConsole console, RunProgress progress, Func<Action<string>, T> work) =>
        console.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(
                new EpochColumn(progress),
                new ProgressBarColumn { Width = 20 },
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new MetricsColumn(progress))
            .Start(context =>
            {
                context.AddTask("train", maxValue: 1);
                return work(line => console.Write(new ErasingLine(line)));
            });

    private static Text Plain(string text) => new(text) { Overflow = Overflow.Ellipsis };

    /// <summary>"epoch 3/8"; also moves the bar, since it is asked at each redraw.</summary>
    private sealed class EpochColumn(RunProgress progress) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(
            RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var view = progress.View();
            if (view.TotalSteps > 0)
            {
                task.Value = (double)view.Step / view.TotalSteps;
            }
            return Plain($"epoch {view.Epoch}/{view.Epochs}");
        }
    }

    private sealed class MetricsColumn(RunProgress progress) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(
            RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var view = progress.View();
            if (view.Missing > 0)
            {
                return Plain($"waiting for {Workers($"{view.Missing}")}");
            }
            string workers = Workers(view.Workers < view.Expected
                ? $"{view.Workers}/{view.Expected}" : $"{view.Workers}");
            return double.IsFinite(view.Loss)
                ? Plain($"loss {Html.Real(view.Loss)} acc {Html.Real(view.Accuracy)} "
                    + $"{Html.Count((long)view.SamplesPerSecond)}/s {workers}")
                : Plain("starting");
        }

        private static string Workers(string number) =>
            number == "1" ? "1 worker" : $"{number} workers";
    }
}
