using System.Collections.Immutable;
using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Node.Bfd;
using Loxi.Node.Rest;

namespace Loxi.Node.Composition;

// What the REST API asks for.
internal sealed partial class NodeBfd
{
    public async Task<IReadOnlyList<NodeBfdSession>?> ListAsync(CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            if (!_hadSession)
            {
                return null;
            }

            var reports = (await speaker.ReadSessionsAsync()).ToDictionary(static r => r.Key);
            var moment = BfdMoment.Now(time);
            return
            [
                .. _model.InOrder.Select(session => new NodeBfdSession(session, reports.GetValueOrDefault(BfdSessionKey.Of(session.Settings)), moment)
                {
                    Problem = _waiting.TryGetValue(session.Name, out var why) ? $"not in force until the network changes: {why}" : null,
                }),
            ];
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<BfdResult> PutAsync(BfdArguments arguments, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            var result = _model.Put(arguments, new BfdHost(network, await speaker.ReadSessionsAsync()), out var desired);
            if (ReferenceEquals(desired, _model))
            {
                return result;
            }

            var changed = desired.Sessions.Values.Single(s => !_model.Sessions.TryGetValue(s.Name, out var before) || before != s);
            var isNew = !_model.Sessions.ContainsKey(changed.Name);
            if (await PutInForceAsync(desired, _waiting.Remove(changed.Name)) is { } refusal)
            {
                return refusal.ToResult(changed.Name);
            }

            if (isNew && arguments.Multihop is null && changed.Settings.Kind == BfdSessionKind.Multihop)
            {
                LogMultihop(changed.Name, BfdWire.PortOf(changed.Settings), BfdWire.MinTtlOf(changed.Settings));
            }

            return result;
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<BfdResult> RemoveAsync(BfdSelector selector, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            if (!_hadSession)
            {
                return new BfdResult(BfdOutcome.NotRunning);
            }

            var result = _model.Remove(selector, out var desired);
            if (ReferenceEquals(desired, _model))
            {
                return result;
            }

            var removed = _model.Sessions.Keys.Single(name => !desired.Sessions.ContainsKey(name));
            return await PutInForceAsync(desired, _waiting.Remove(removed)) is { } refusal ? refusal.ToResult(removed) : result;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        await _changing.WaitAsync(cancellationToken);
        if (_stopping.IsCancellationRequested)
        {
            _changing.Release();
            throw new RefusedRequestException(StatusCodes.Status503ServiceUnavailable, StatusCodes.Status503ServiceUnavailable, "the node is stopping");
        }
    }

    /// <summary>Puts other sessions in force and saves them, or leaves everything as it is.</summary>
    private async Task<BfdRefusal?> PutInForceAsync(BfdModel desired, ImmutableDictionary<BfdName, string> waiting)
    {
        if (await TryApplyAsync(desired, waiting) is { } refusal)
        {
            return refusal;
        }

        // What --ka gave is not saved: a change of it leaves the file as it is.
        if (!desired.Saved.SequenceEqual(_model.Saved))
        {
            await SaveAsync(desired);
        }

        (_model, _waiting) = (desired, waiting);
        _hadSession = true;
        return null;
    }

    private async Task SaveAsync(BfdModel desired)
    {
        try
        {
            file.Save(desired);
        }
        catch
        {
            if (await TryApplyAsync(_model, _waiting) is { } refusal)
            {
                LogNotTakenBack(string.Join("; ", refusal.Others.Concat(refusal.BySession.Values.SelectMany(static p => p))));
            }

            throw;
        }
    }
}
