using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>What others are told, again and again where it may be lost, and a new coordinator.
/// </summary>
public sealed partial class ParameterServer
{
    /// <summary>Time passes: <see cref="ProtocolTicks.Milliseconds"/> since the last call.
    /// </summary>
    public void Tick(IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (_ticks++ % ProtocolTicks.Status == 0)
        {
            SendStatus(effects);
            Repeat(_failure, effects);
        }

        bool isWaiting = _phase == Phase.Gathering && _version < _limit
            && !_trees.Current.IsComplete;
        if (isWaiting && _straggler.Tick())
        {
            effects.Add(new SendToCoordinator(
                new StepStalled(_slice, _generation, _version, _trees.Current.Missing())));
        }

        if (_phase == Phase.Exchanging && !_norms.IsComplete && _normsRetry.Tick())
        {
            AskForNorms(effects);
        }
    }

    private void OnReportStatus(ReportStatus message, IList<Effect> effects)
    {
        if (message.Run != _run)
        {
            effects.Refuse(message, "another run");
            return;
        }

        SendStatus(effects);
    }

    /// <summary>A new coordinator leads; what is held, and what is under way, goes on.</summary>
    private void OnAdoptGeneration(AdoptGeneration message, IList<Effect> effects)
    {
        if (message.Run != _run || message.Generation < _generation)
        {
            effects.Refuse(
                message, message.Run != _run ? "another run" : "older generation");
            return;
        }

        if (message.Generation > _generation)
        {
            _generation = message.Generation;
            _isHeld = false;
            TakeEarlyAssignment();
            _evaluation.Adopt();
            _orders.Adopt(_version, effects);
            PublishAgain(effects);
        }

        SendStatus(effects);
        Proceed(effects);
    }

    /// <summary>Workers drop what they hold of an older generation.</summary>
    private void PublishAgain(IList<Effect> effects)
    {
        if (_publishedBefore is not null)
        {
            _publishedBefore = _publishedBefore with { Generation = _generation };
            effects.Add(new SendToAllWorkers(_publishedBefore));
        }

        if (_published is not null)
        {
            _published = _published with { Generation = _generation };
            effects.Add(new SendToAllWorkers(_published));
        }
    }

    private void SendStatus(IList<Effect> effects)
    {
        SliceCondition condition = _phase switch
        {
            Phase.Empty => SliceCondition.Empty,
            Phase.Loading or Phase.AwaitingAssignment => SliceCondition.Restoring,
            Phase.Failed => SliceCondition.Failed,
            _ => SliceCondition.Ready,
        };
        effects.Add(new SendToCoordinator(new SliceStatus(
            _run, _slice, _incarnation, ++_statuses, _generation, condition, _restored, _source,
            _version, _limit, _isHeld, _bestVersion, _orders.Newest,
            _newestAssignment?.Assignment.Number ?? -1, _published?.Assignment,
            _evaluation.Judged)));
    }

    private static void Repeat(CoordinatorMessage? failure, IList<Effect> effects)
    {
        if (failure is not null)
        {
            effects.Add(new SendToCoordinator(failure));
        }
    }

    private void SendPublished(WorkerId worker, IList<Effect> effects)
    {
        if (_publishedBefore is not null)
        {
            effects.Add(new SendToWorker(worker, _publishedBefore));
        }

        if (_published is not null)
        {
            effects.Add(new SendToWorker(worker, _published));
        }
    }

    private void OnRequestParameters(RequestParameters message, IList<Effect> effects)
    {
        ParametersPublished? asked = message.Run != _run ? null
            : message.Version == _published?.Version ? _published
            : message.Version == _publishedBefore?.Version ? _publishedBefore
            : null;
        if (asked is null)
        {
            effects.Refuse(message, "that version is not here");
            return;
        }

        effects.Add(new SendToWorker(message.Worker, asked));
    }

    private void AskForNorms(IList<Effect> effects)
    {
        var request = new RequestNorms(_run, _restored, _version, _slice);
        for (int i = 0; i < _plan.Slices; i++)
        {
            if (!_norms.Has(new SliceId(i)))
            {
                effects.Add(new SendToSlice(new SliceId(i), request));
            }
        }
    }

    private void OnRequestNorms(RequestNorms message, IList<Effect> effects)
    {
        bool isOfThisState = message.Run == _run && message.Generation == _restored;
        NormPartials? asked = !isOfThisState ? null
            : message.Step == _ownNorms?.Step ? _ownNorms
            : message.Step == _ownNormsBefore?.Step ? _ownNormsBefore
            : null;
        if (asked is null)
        {
            effects.Refuse(message, "no norms of that step here");
            return;
        }

        effects.Add(new SendToSlice(message.From, asked));
    }
}
