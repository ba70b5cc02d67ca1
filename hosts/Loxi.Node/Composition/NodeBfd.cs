using System.Collections.Immutable;
using Loxi.Bfd;
using Loxi.Linux;
using Loxi.Node.Bfd;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>
/// The desired BFD sessions: changed one at a time, put in force, then saved. What could not be put in force or saved is taken back. A saved
/// session that cannot be put in force when the node starts waits for its address or interface.
/// </summary>
internal sealed partial class NodeBfd(IBfdSpeaker speaker, BfdStateFile file, IBfdNetwork network, TimeProvider time, ILogger<NodeBfd> logger) : INodeBfd, IKeepAliveSession, IAsyncDisposable
{
    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private BfdModel _model = BfdModel.Empty;
    private ImmutableDictionary<BfdName, string> _waiting = ImmutableDictionary<BfdName, string>.Empty;
    private Task _following = Task.CompletedTask;
    private bool _hadSession;
    private bool _isDisposed;

    /// <summary>Reads the state file and adds the session of <c>--ka</c>, unless the file has one with that peer; nothing is put in force yet.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    public void Load(KeepAlive? keepAlive)
    {
        _model = file.Load(new BfdHost(network, []));
        _model = keepAlive is null ? _model : With(keepAlive);
    }

    /// <summary>The sessions and that of <c>--ka</c>.</summary>
    private BfdModel With(KeepAlive keepAlive)
    {
        var session = new ConfiguredBfd(keepAlive.Settings) { Origin = BfdOrigin.Flag };
        if (_model.Sessions.TryGetValue(session.Name, out var there))
        {
            if (there.Origin == BfdOrigin.Api)
            {
                LogSavedHolds(session.Name);
            }

            return _model;
        }

        var peer = session.Name.Peer;
        if (!peer.IsIPv6LinkLocal && !network.IsDirect(peer))
        {
            session = session with { Settings = session.Settings with { Kind = BfdSessionKind.Multihop, MinimumTtl = KeepAlive.MultihopMinimumTtl } };
            LogMultihop(session.Name, BfdWire.PortOf(session.Settings), BfdWire.MinTtlOf(session.Settings));
        }

        return _model.With(session);
    }

    /// <summary>Puts what was loaded in force; requests wait until then.</summary>
    /// <exception cref="InvalidOperationException">The session of <c>--ka</c> cannot be had on this host, or a port is another program's.</exception>
    public async Task StartAsync()
    {
        await _changing.WaitAsync();
        try
        {
            while (await TryApplyAsync(_model, _waiting) is { } refusal)
            {
                Postpone(refusal);
            }

            _hadSession = !_model.Sessions.IsEmpty;
            _following = _waiting.IsEmpty ? Task.CompletedTask : Task.Run(FollowNetworkAsync);
            _ready.TrySetResult();
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Tells every peer that its session is administratively down: this node goes.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        await speaker.StopAsync();
    }

    /// <summary>The container does so twice: it knows this by two names.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await StopAsync();
        _stopping.Dispose();
        _changing.Dispose();
    }

    /// <summary>What a person asked for a moment ago is an error; what was right once may be right again.</summary>
    private void Postpone(BfdRefusal refusal)
    {
        var fatal = refusal.Others.AddRange(refusal.BySession.Where(s => _model.Sessions[s.Key].Origin == BfdOrigin.Flag)
            .SelectMany(static s => s.Value.Select(static p => p.Within($"{KeepAliveFlag.Name}: "))));
        if (!fatal.IsEmpty)
        {
            throw new InvalidOperationException(string.Join("; ", fatal));
        }

        WaitFor(refusal);
    }

    private void WaitFor(BfdRefusal refusal)
    {
        foreach (var (name, problems) in refusal.BySession)
        {
            var why = string.Join("; ", problems);
            _waiting = _waiting.SetItem(name, why);
            LogWaiting(name, why);
        }
    }

    /// <summary>Puts sessions in force, all or none.</summary>
    /// <returns>Null, or what stands against it.</returns>
    private async Task<BfdRefusal?> TryApplyAsync(BfdModel model, ImmutableDictionary<BfdName, string> without)
    {
        ConfiguredBfd[] sessions = [.. model.InOrder.Where(s => !without.ContainsKey(s.Name))];
        try
        {
            await speaker.ApplyAsync([.. sessions.Select(static s => s.Settings)]);
            return null;
        }
        catch (InvalidBfdSessionsException e)
        {
            return BfdRefusal.Of(e, sessions);
        }
    }

    private async Task FollowNetworkAsync()
    {
        try
        {
            await foreach (var _ in network.WatchAsync(_stopping.Token))
            {
                if (await RetryAsync())
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (LinuxException e)
        {
            LogNotFollowed(e);
        }
    }

    /// <summary>Tries what waits, each by itself.</summary>
    /// <returns>Whether nothing waits any more.</returns>
    private async Task<bool> RetryAsync()
    {
        await _changing.WaitAsync(_stopping.Token);
        try
        {
            foreach (var name in _waiting.Keys)
            {
                var without = _waiting.Remove(name);
                if (await TryApplyAsync(_model, without) is null)
                {
                    _waiting = without;
                    LogNoLongerWaiting(name);
                }
            }

            return _waiting.IsEmpty;
        }
        finally
        {
            _changing.Release();
        }
    }
}
