using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Loxi.Core.Failures;
using Loxi.Core.Roles;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Engine;
using Loxi.Ha.Transport.State;
using Loxi.Linux;
using Loxi.Linux.Loops;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Ha.Transport;

/// <summary>
/// Speaks HELLO with other nodes and decides with them which one serves each VIP group (docs/ha-transport.md, docs/ha-rules.md). Linux; needs no privilege, and
/// CAP_NET_ADMIN for receive buffers beyond <c>net.core.rmem_max</c>, CAP_SYS_NICE for the real-time class.
/// </summary>
/// <remarks>
/// <para>
/// All roles live on one thread that shares no lock with the rest of the process. It hears all that has arrived before it takes anybody for silent, and keeps
/// the gates of the data plane open: when it stops, the data plane does too.
/// </para>
/// <para>All members may be called from any thread. Disposing stops at once; <see cref="StopAsync"/> gives the roles away before.</para>
/// </remarks>
public sealed partial class RoleSpeaker : IAsyncDisposable
{
    private readonly RoleSpeakerOptions _options;
    private readonly IRoleGates? _gates;
    private readonly IRoleEffects _effects;
    private readonly IFailureDetector? _failures;
    private readonly IRoleWitness? _witness;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Action<RoleSpeakerEvent>> _listeners = [];
    private HelloEngine? _engine;
    private EventPump<EngineEvent>? _pump;
    private HaStateKeeper? _keeper;
    private HaState _former = new();
    private IDisposable? _failureSubscription;
    private RoleSpeakerSettings? _settings;
    private ulong _incarnation;
    private Task _incarnationWritten = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Makes a speaker. It opens nothing before the first <see cref="ApplyAsync"/>.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    /// <param name="gates">The gates of the data plane; null where there are none.</param>
    /// <param name="effects">What becomes of roles; null for nothing.</param>
    /// <param name="failures">What notices sooner that a peer is gone: BFD; null for nothing.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <param name="time">Makes the number of the run when none is stored; null for the system's. What roles do goes by <see cref="Loxi.Linux.Time.MonotonicClock"/>.</param>
    /// <param name="witness">Without whose lease this node does not announce where the nodes decide (R10); null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The real-time priority or the margin of the witness is out of range.</exception>
    public RoleSpeaker(
        RoleSpeakerOptions? options = null, IRoleGates? gates = null, IRoleEffects? effects = null, IFailureDetector? failures = null, ILoggerFactory? loggers = null, TimeProvider? time = null, IRoleWitness? witness = null)
    {
        _options = options ?? new RoleSpeakerOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.RealTimePriority, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.RealTimePriority, 99, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.WitnessMargin, TimeSpan.Zero, nameof(options));
        (_gates, _effects, _failures, _witness) = (gates, effects ?? new NoRoleEffects(), failures, witness);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<RoleSpeaker>();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Ends when the speaker is disposed; fails when its thread has failed, after which the gates close.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Calls back for each event: those of roles and HELLOs in order on the thread of the effects, where later effects wait for the callback and HELLOs do not; alarms of settings and of the state on the thread that applies or writes them. The callback must not wait for the
    /// end of <see cref="DisposeAsync"/>, which waits for it.
    /// </summary>
    /// <param name="listener">What to call.</param>
    /// <returns>Ends it when disposed; a call that is under way may still come.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    public IDisposable Subscribe(Action<RoleSpeakerEvent> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Add(one), listener);
        return new Subscription(this, listener);
    }

    /// <summary>Stops at once: sockets are closed and the threads end, the gates close by themselves. What was heard of the peers is stored.</summary>
    /// <returns>When all of that is done.</returns>
    public async ValueTask DisposeAsync()
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _failureSubscription?.Dispose();
            if (_engine is not null)
            {
                await _engine.StopAsync().ConfigureAwait(false);
                _keeper?.Dispose();
                _pump?.Dispose();
                _engine.Dispose();
            }
        }
        finally
        {
            _applying.Release();
        }

        _completion.TrySetResult();
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "All are the speaker's, and disposed with it.")]
    private HelloEngine Start(RoleSpeakerSettings settings)
    {
        if (_engine is not null)
        {
            return _engine;
        }

        var file = _options.StateDirectory is null ? null : new HaStateFile(_options.StateDirectory);
        var state = new HaState { NodeId = settings.NodeId };
        if (file is not null)
        {
            state = file.Read(settings.NodeId, out var complaint);
            if (complaint is not null)
            {
                Publish(new RoleSpeakerEvent { HelloAlarm = HelloAlarm.StateUnreadable, Text = complaint });
            }
        }

        _former = new HaState { NodeId = state.NodeId, Incarnation = state.Incarnation, Groups = new(state.Groups), Peers = new(state.Peers) };

        // Greater than before even when the file is lost, unless the clock went back too: then the peers say so.
        _incarnation = Math.Max(state.Incarnation + 1, (ulong)Math.Max(1, _time.GetUtcNow().ToUnixTimeMilliseconds()));
        _witnessKeeper = MakeWitnessKeeper(settings.NodeId);
        _pump = new EventPump<EngineEvent>("Loxi.Ha effects", Handle);
        _keeper = new HaStateKeeper(file, state, NoteWritten);
        var incarnation = _incarnation;
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _incarnationWritten = written.Task;
        _keeper.Post(s => s.Incarnation = incarnation, _ => written.TrySetResult());
        _engine = new HelloEngine(settings.NodeId, _incarnation, _gates, _keeper, _pump, _options.RealTimePriority);
        _engine.Start();
        if (_engine.RealTimeRefusal is { } refusal)
        {
            LogRealTimeRefused(refusal.Message);
        }

        _failureSubscription = _failures?.Subscribe(TakeReachability);
        _ = WatchEngineAsync(_engine);
        return _engine;
    }

    private async Task WatchEngineAsync(HelloEngine engine)
    {
        try
        {
            await engine.Ended.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it was, it is told to everybody who waits.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e);
            _completion.TrySetException(e);
        }
    }

    private HelloEngine Engine => _engine ?? throw new InvalidOperationException("Settings have not been applied yet.");

    private sealed class Subscription(RoleSpeaker speaker, Action<RoleSpeakerEvent> listener) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref speaker._listeners, static (all, one) => all.Remove(one), listener);
    }
}
