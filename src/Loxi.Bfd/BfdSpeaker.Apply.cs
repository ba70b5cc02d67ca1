using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Bfd.Session;
using Loxi.Bfd.Transport;
using Loxi.Core;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Linux.Sockets;

namespace Loxi.Bfd;

/// <content>Desired sessions.</content>
public sealed partial class BfdSpeaker
{
    /// <summary>
    /// Makes these the sessions that there are, all or none. One that is there already takes other settings without a flap, by a Poll Sequence
    /// (RFC 5880 6.8.3). One that is no longer wanted is seen no more, and says AdminDown to its peer until that says that it is down too, or for a detection
    /// time of the peer's (6.8.16; a minute at most): so long its ports stay open. Applying the same again does nothing.
    /// </summary>
    /// <param name="sessions">All sessions that there shall be.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier call; what has begun is finished.</param>
    /// <returns>When they are in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sessions"/> or one of them is null.</exception>
    /// <exception cref="InvalidBfdSessionsException">Settings are wrong, an interface or own address is not of this host, or a port is in use: all that is wrong at once.</exception>
    /// <exception cref="LinuxException">The system refused something else, e.g. no descriptors are left.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public async Task ApplyAsync(IReadOnlyList<BfdSessionSettings> sessions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var desired = sessions.ToArray();
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ThrowIfAny(BfdSessionValidator.Validate(desired));
            var plan = new EnginePlan();
            try
            {
                ThrowIfAny(_options.NetworkNamespace is { } other ? other.Run(() => Prepare(desired, plan)) : Prepare(desired, plan));
            }
            catch
            {
                Abandon(plan);
                throw;
            }

            if (!plan.IsEmpty)
            {
                await PutInForceAsync(desired, plan).ConfigureAwait(false);
            }
        }
        finally
        {
            _applying.Release();
        }
    }

    private static void ThrowIfAny(ImmutableArray<Problem> problems)
    {
        if (!problems.IsEmpty)
        {
            throw new InvalidBfdSessionsException(problems);
        }
    }

    /// <summary>Finds the differences and opens what they need, without any effect on the sessions that there are.</summary>
    private ImmutableArray<Problem> Prepare(BfdSessionSettings[] desired, EnginePlan plan)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var kept = new HashSet<BfdSessionKey>();
        for (var i = 0; i < desired.Length; i++)
        {
            var key = BfdSessionKey.Of(desired[i]);
            kept.Add(key);
            if (!_sessions.TryGetValue(key, out var current))
            {
                Open(desired[i], i, plan, problems);
            }
            else if (current.Settings != desired[i])
            {
                plan.Changed.Add((current.Session, desired[i]));
            }
        }

        PrepareEchoes(desired, plan, problems);
        plan.Removed.AddRange(_sessions.Where(s => !kept.Contains(s.Key)).Select(static s => s.Value.Session));
        CheckFirstPackets(desired, plan, problems);
        return problems.DrainToImmutable();
    }

    private void Open(BfdSessionSettings settings, int index, EnginePlan plan, ImmutableArray<Problem>.Builder problems)
    {
        var before = problems.Count;
        if (!TryFindInterface(settings, out var interfaceIndex))
        {
            problems.Add(Problem.Of(BfdSessionFields.Interface, settings.Interface, "the name of an interface of this host").Within($"sessions[{index}]."));
        }

        var channel = settings.Kind switch
        {
            BfdSessionKind.Multihop => BfdChannel.Multihop,
            BfdSessionKind.UnaffiliatedEcho => BfdChannel.Echo,
            _ => BfdChannel.SingleHop,
        };
        var port = channel == BfdChannel.Echo ? null : FindPort(channel, settings.PeerAddress.AddressFamily, plan, problems);
        if (problems.Count != before || (port is null && channel != BfdChannel.Echo))
        {
            return;
        }

        var any = settings.PeerAddress.AddressFamily == AddressFamily.InterNetwork ? InternetAddress.IPv4Any : InternetAddress.IPv6Any;
        try
        {
            var socket = TransmitSocket.Open(
                settings.LocalAddress ?? any.ToIPAddress(), settings.PeerAddress, ReceivePort.NumberOf(channel), new DatagramSocketOptions { InterfaceIndex = interfaceIndex }, _usedPorts, _random);
            plan.Added.Add(new EngineSession(settings, interfaceIndex, port, socket));
            if (socket.LocalAddress == InternetAddress.FromIPAddress(settings.PeerAddress))
            {
                problems.Add(Problem.Of(BfdSessionFields.PeerAddress, settings.PeerAddress, "the address of another host").Within($"sessions[{index}]."));
            }
        }
        catch (LinuxException e) when (e.ErrorNumber is Errno.EADDRNOTAVAIL or Errno.EINVAL && settings.LocalAddress is not null)
        {
            problems.Add(Problem.Of(BfdSessionFields.LocalAddress, settings.LocalAddress, settings.Interface is null ? "an address of this host" : $"an address of this host on {settings.Interface}").Within($"sessions[{index}]."));
        }
    }

    private ReceivePort? FindPort(BfdChannel channel, AddressFamily family, EnginePlan plan, ImmutableArray<Problem>.Builder problems)
    {
        var found = _ports.Concat(plan.NewPorts).FirstOrDefault(p => p.Channel == channel && p.Family == family);
        if (found is not null)
        {
            return found;
        }

        try
        {
            var port = ReceivePort.Open(channel, family, null);
            plan.NewPorts.Add(port);
            return port;
        }
        catch (LinuxException e) when (e.ErrorNumber == Errno.EADDRINUSE)
        {
            AddPortProblem(ReceivePort.NumberOf(channel), family, problems);
            return null;
        }
    }

    private static void AddPortProblem(int port, AddressFamily family, ImmutableArray<Problem>.Builder problems)
    {
        var problem = Problem.Of("port", $"{port}/udp", $"a port that no other program has on {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} (another BFD daemon?)");
        if (!problems.Contains(problem))
        {
            problems.Add(problem);
        }
    }

    /// <summary>Different settings may mean the same interface, by its name and by the scope of an address.</summary>
    private void CheckFirstPackets(BfdSessionSettings[] desired, EnginePlan plan, ImmutableArray<Problem>.Builder problems)
    {
        var seen = new Dictionary<BfdDemultiplexKey, int>();
        for (var i = 0; i < desired.Length; i++)
        {
            var added = plan.Added.Find(s => ReferenceEquals(s.FirstSettings, desired[i]));
            var session = added ?? (_sessions.TryGetValue(BfdSessionKey.Of(desired[i]), out var current) ? current.Session : null);
            if (session is not null && !seen.TryAdd(BfdSessionTable.KeyOf(desired[i], default, session.InterfaceIndex), i))
            {
                var other = seen[BfdSessionTable.KeyOf(desired[i], default, session.InterfaceIndex)];
                problems.Add(Problem.Of(BfdSessionFields.PeerAddress, desired[i].PeerAddress, $"another peer, own address, interface or kind than sessions[{other}] has").Within($"sessions[{i}]."));
            }
        }
    }

    private static bool TryFindInterface(BfdSessionSettings settings, out int index)
    {
        index = ScopeOf(settings.PeerAddress) is not 0 and var scope ? scope : ScopeOf(settings.LocalAddress);
        if (settings.Interface is not { } name)
        {
            return true;
        }

        using var client = new RtnetlinkClient();
        if (!client.TryGetLink(name, out var link))
        {
            return false;
        }

        index = link.Index;
        return true;
    }

    private static int ScopeOf(IPAddress? address) => address is { AddressFamily: AddressFamily.InterNetworkV6 } ? (int)address.ScopeId : 0;

    private async Task PutInForceAsync(BfdSessionSettings[] desired, EnginePlan plan)
    {
        try
        {
            var engine = Start();
            await engine.PostAsync((e, now) => e.Apply(plan, now)).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            Abandon(plan);
            throw;
        }

        Remember(desired, plan);
        FollowEchoes();
        LogApplied(plan.Added.Count, plan.Removed.Count, plan.Changed.Count);
        foreach (var port in _ports)
        {
            SayLimits(port);
        }
    }

    private void Remember(BfdSessionSettings[] desired, EnginePlan plan)
    {
        var added = plan.Added.ToDictionary(static s => s.Key);
        var before = new Dictionary<BfdSessionKey, (BfdSessionSettings Settings, EngineSession Session)>(_sessions);
        _sessions.Clear();
        foreach (var settings in desired)
        {
            var key = BfdSessionKey.Of(settings);
            _sessions.Add(key, (settings, added.TryGetValue(key, out var one) ? one : before[key].Session));
        }

        _ports.AddRange(plan.NewPorts);
        CloseGone(plan);
        RememberEchoes(plan);
    }

    private void CloseGone(EnginePlan plan)
    {
        plan.Gone.ForEach(Close);
        foreach (var port in plan.ClosedPorts)
        {
            _ports.Remove(port);
            port.Dispose();
        }
    }

    /// <summary>A session that is no longer wanted has told its peer.</summary>
    private async Task CloseLeftAsync(EngineSession session)
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isDisposed && _engine is { } engine)
            {
                var plan = new EnginePlan { Left = { session } };
                await engine.PostAsync((e, now) => e.Apply(plan, now)).ConfigureAwait(false);
                CloseGone(plan);
                plan.ClosedEchoLinks.ForEach(static link => link.Dispose());
            }
        }
        catch (ObjectDisposedException)
        {
            // The engine has ended, and closes what it has when it is disposed.
        }
        finally
        {
            _applying.Release();
        }
    }

    private void Abandon(EnginePlan plan)
    {
        plan.Added.ForEach(Close);
        plan.NewPorts.ForEach(static port => port.Dispose());
        plan.NewEchoPorts.ForEach(static port => port.Dispose());
    }

    private void Close(EngineSession session)
    {
        _usedPorts.Remove(session.Transmit.Port);
        session.Dispose();
    }

    private void SayLimits(ReceivePort port)
    {
        if (port.IsBufferLimited && port.Told.Add(nameof(port.IsBufferLimited)))
        {
            LogBufferLimited(ReceivePort.NumberOf(port.Channel), port.Buffer);
        }

        if (port.IsCoarse && port.Told.Add(nameof(port.IsCoarse)))
        {
            LogFilterCoarse(ReceivePort.NumberOf(port.Channel), port.Sessions.Count);
        }
    }
}
