using Loxi.Bgp;
using Loxi.Node.Bgp;
using Loxi.Node.Rest;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>The desired BGP configuration: changed one at a time, put in force, then saved. What could not be put in force or saved is taken back.</summary>
internal sealed partial class NodeBgp(INodeBgpSpeaker speaker, BgpStateFile file, BgpDefaults defaults, IBgpHost host, ILogger<NodeBgp> logger) : INodeBgp, IAsyncDisposable
{
    /// <summary>What peers are told when the node stops.</summary>
    public const string Farewell = "loxid stops";

    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BgpModel _model = BgpModel.Empty;
    private volatile bool _isStopping;
    private bool _isDisposed;

    /// <summary>Raised when the configuration has changed.</summary>
    public event Action? Changed;

    /// <summary>The restart time that peers are told; null where none is asked for graceful restart.</summary>
    public TimeSpan? RestartTime => _model is { Speaker: { } speaker } model && (model.Peers.Values.Any(static p => p.Settings.GracefulRestart) || model.Ranges.Values.Any(static r => r.Settings.GracefulRestart)) ? speaker.RestartTime : null;

    public BgpDefaults Defaults => defaults;

    public IBgpHost Host => host;

    /// <summary>Reads the state file; nothing is put in force yet.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    public void Load() => _model = file.Load(defaults, host);

    /// <summary>Puts what was loaded in force; requests wait until then.</summary>
    /// <param name="isAdopted">Whether the data plane of an earlier process served on.</param>
    /// <exception cref="InvalidOperationException">It cannot be had on this host: the port is another program's, or an address is not here.</exception>
    public async Task StartAsync(bool isAdopted)
    {
        try
        {
            if (isAdopted)
            {
                speaker.AnnounceRestart();
            }

            if (_model.ToConfiguration(defaults) is { } configuration)
            {
                await speaker.ApplyAsync(configuration);
            }

            _ready.TrySetResult();
        }
        catch (InvalidBgpConfigurationException e)
        {
            throw new InvalidOperationException(string.Join("; ", e.Problems.Select(p => _model.Named(p).Within("--bgp: "))), e);
        }
    }

    /// <summary>Closes every session, those with graceful restart without a word: this node comes back.</summary>
    public async Task StopForRestartAsync()
    {
        _isStopping = true;
        await speaker.StopForRestartAsync(Farewell);
    }

    /// <summary>Closes every session: this node goes.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        await speaker.StopAsync(Farewell);
    }

    /// <summary>The container does so twice: it knows this by two names.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await StopAsync();
        _changing.Dispose();
    }

    public async Task<BgpModel> ReadAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return _model;
    }

    public async Task<IReadOnlyList<BgpPeerReport>> ReadPeersAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return await speaker.ReadPeersAsync();
    }

    public async Task<BgpPeerErrors?> ReadErrorsAsync(BgpPeerKey peer, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return await speaker.ReadErrorsAsync(peer);
    }

    public async Task<BgpRoutePage> ReadRoutesAsync(BgpRouteQuery query, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return await speaker.ReadRoutesAsync(query);
    }

    public async Task<bool> ResetAsync(BgpPeerKey peer, BgpResetKind kind, string text, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return await speaker.ResetAsync(peer, kind, text);
    }

    public async Task<BgpResult> ChangeAsync(BgpChange change, string? text, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            ThrowWhenStopping();
            var before = _model;
            var result = change(before, out var desired);
            if (ReferenceEquals(before, desired))
            {
                return result;
            }

            if (await TryApplyAsync(desired, text) is { } refusal)
            {
                return refusal;
            }

            await SaveAsync(before, desired);
            _model = desired;
            Changed?.Invoke();
            return result;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        ThrowWhenStopping();
    }

    private void ThrowWhenStopping()
    {
        if (_isStopping)
        {
            throw new RefusedRequestException(StatusCodes.Status503ServiceUnavailable, StatusCodes.Status503ServiceUnavailable, "the node is stopping");
        }
    }

    private async Task<BgpResult?> TryApplyAsync(BgpModel desired, string? text)
    {
        try
        {
            await speaker.ApplyAsync(desired.ToConfiguration(defaults), text ?? "");
            return null;
        }
        catch (InvalidBgpConfigurationException e)
        {
            return new BgpResult(BgpOutcome.Refused, [.. e.Problems.Select(desired.Named)]);
        }
    }

    private async Task SaveAsync(BgpModel before, BgpModel desired)
    {
        try
        {
            file.Save(desired);
        }
        catch
        {
            if (await TryApplyAsync(before, null) is { } refusal)
            {
                LogNotTakenBack(string.Join("; ", refusal.Problems));
            }

            throw;
        }
    }

    [LoggerMessage(8061, LogLevel.Error, "BGP could not be put back as it was before a change that could not be saved: {Problems}")]
    private partial void LogNotTakenBack(string problems);
}
