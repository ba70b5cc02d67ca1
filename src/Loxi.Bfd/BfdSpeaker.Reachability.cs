using System.Net;
using Loxi.Bfd.Session;
using Loxi.Bfd.Transport;
using Loxi.Core.Failures;
using Loxi.Linux.Loops;

namespace Loxi.Bfd;

/// <content>Which peers are there, for other libraries: first as it is, then each change.</content>
public sealed partial class BfdSpeaker
{
    // The pump's thread alone has these; before there is one nothing happens, and the gate is enough.
    private readonly Dictionary<BfdSessionKey, PeerReachability> _reachable = [];
    private readonly List<ReachabilityListener> _reachabilityListeners = [];
    private readonly Lock _pumpGate = new();
    private bool _pumpHasStopped;

    /// <summary>As <see cref="IFailureDetector.Subscribe"/>.</summary>
    internal IDisposable SubscribeReachability(Action<PeerReachability> listener)
    {
        var subscription = new ReachabilityListener(listener);
        lock (_pumpGate)
        {
            if (_pump is { } pump)
            {
                // In its place among the changes: none is missed, none told twice.
                pump.Add(new EngineEvent(EngineEventKind.Subscribed) { Listener = subscription });
                pump.Signal();
            }
            else if (!_pumpHasStopped)
            {
                _reachabilityListeners.Add(subscription);
            }
        }

        return subscription;
    }

    private void StartPump(EventPump<EngineEvent> pump)
    {
        lock (_pumpGate)
        {
            _pump = pump;
        }
    }

    private EventPump<EngineEvent>? StopPump()
    {
        lock (_pumpGate)
        {
            var pump = _pump;
            (_pump, _pumpHasStopped) = (null, true);
            return pump;
        }
    }

    private void Introduce(ReachabilityListener listener)
    {
        _reachabilityListeners.Add(listener);
        foreach (var (session, state) in _reachable)
        {
            Tell(listener, state, session);
        }
    }

    private void TellReachability(in BfdSessionChange change)
    {
        if (StateOf(change.Transition) is not { } state)
        {
            return;
        }

        var peer = change.Session.PeerAddress;
        var told = new PeerReachability(
            peer.IsIPv6LinkLocal ? new IPAddress(peer.GetAddressBytes()) : peer, change.Session.Interface, state, change.Transition.RemoteControlPlaneIndependent)
        {
            IsTrusted = change.Transition.Authenticated
                || change.Transition.Cause is BfdTransitionCause.DetectionTimeExpired or BfdTransitionCause.EchoFailed or BfdTransitionCause.PollExpired,
            Time = change.Transition.Time,
        };
        _reachable[change.Session] = told;
        _reachabilityListeners.RemoveAll(static listener => listener.IsDisposed);
        foreach (var listener in _reachabilityListeners)
        {
            Tell(listener, told, change.Session);
        }
    }

    private void Tell(ReachabilityListener listener, in PeerReachability told, BfdSessionKey session)
    {
        if (listener.IsDisposed)
        {
            return;
        }

        try
        {
            listener.Call(told);
        }
#pragma warning disable CA1031 // The listener's fault is not the others'.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogListenerFailed(e, session);
        }
    }

    /// <summary>RFC 5882 3.2: AdminDown on either side is no failure, nor is what was never up. Null: nothing is new.</summary>
    private static ReachabilityState? StateOf(in BfdTransition transition) => transition switch
    {
        { To: BfdState.Up } => ReachabilityState.Up,
        { To: BfdState.AdminDown } or { Cause: BfdTransitionCause.NeighborSignaledAdminDown } => ReachabilityState.Unknown,
        { From: BfdState.Up } => ReachabilityState.Down,
        _ => null,
    };
}
