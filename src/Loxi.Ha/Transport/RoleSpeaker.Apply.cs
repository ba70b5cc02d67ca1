using System.Collections.Immutable;
using System.Net.Sockets;
using Loxi.Core;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Engine;
using Loxi.Ha.Transport.State;
using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Transport;

/// <content>Desired settings.</content>
public sealed partial class RoleSpeaker
{
    /// <summary>
    /// Makes these the settings, all or none. Peers, paths, groups and keys come and go without a change of role of what stays. An interface that is not there
    /// is waited for.
    /// </summary>
    /// <param name="settings">The whole.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier call; what has begun is finished.</param>
    /// <returns>When they are in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    /// <exception cref="InvalidRoleSpeakerSettingsException">Settings are wrong, the id or the source is another than before, or the port is in use: all that is wrong at once.</exception>
    /// <exception cref="LinuxException">The system refused something else, e.g. no descriptors are left.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public async Task ApplyAsync(RoleSpeakerSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ThrowIfAny(Check(settings));
            if (settings.Equals(_settings))
            {
                return;
            }

            var plan = new EnginePlan(settings) { Gates = _gates is not null, WitnessMargin = _witness is null ? null : _options.WitnessMargin };
            try
            {
                ThrowIfAny(_options.NetworkNamespace is { } other ? other.Run(() => Prepare(plan)) : Prepare(plan));
                await PutInForceAsync(plan).ConfigureAwait(false);
            }
            catch
            {
                plan.NewPorts.Where(port => !_families.Contains(port.Family)).ToList().ForEach(static port => port.Dispose());
                throw;
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
            throw new InvalidRoleSpeakerSettingsException(problems);
        }
    }

    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(1);

    private readonly HashSet<AddressFamily> _families = [];

    private ImmutableArray<Problem> Check(RoleSpeakerSettings settings)
    {
        var problems = RoleSpeakerValidator.Validate(settings);
        if (_settings is not { } current)
        {
            return problems;
        }

        if (settings.NodeId != current.NodeId)
        {
            problems = problems.Add(Problem.Of(RoleSpeakerFields.NodeId, settings.NodeId, $"{current.NodeId} while the node runs"));
        }

        return settings.Source == current.Source ? problems : problems.Add(Problem.Of("source", settings.Source, $"{current.Source} while the node runs"));
    }

    /// <summary>Opens what is needed, without any effect on what runs.</summary>
    private ImmutableArray<Problem> Prepare(EnginePlan plan)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var paths = plan.Settings.Peers.SelectMany(static p => p.Paths).ToArray();
        foreach (var family in paths.Select(static p => p.PeerAddress.AddressFamily).Distinct().Where(f => !_families.Contains(f)))
        {
            try
            {
                plan.NewPorts.Add(HelloPort.Open(family, null));
            }
            catch (LinuxException e) when (e.ErrorNumber == Errno.EADDRINUSE)
            {
                problems.Add(Problem.Of(RoleSpeakerFields.Port, $"UDP {HelloPort.Number} ({(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")})", "a port that no other process has"));
            }
        }

        FindInterfaces(plan, paths);
        return problems.DrainToImmutable();
    }

    private static void FindInterfaces(EnginePlan plan, RolePath[] paths)
    {
        var names = paths.Select(static p => p.Interface).OfType<string>().Distinct().ToArray();
        if (names.Length == 0)
        {
            return;
        }

        using var client = new RtnetlinkClient();
        foreach (var name in names)
        {
            if (client.TryGetLink(name, out var link))
            {
                plan.Interfaces[name] = link.Index;
            }
        }
    }

    private async Task PutInForceAsync(EnginePlan plan)
    {
        var settings = plan.Settings;
        var engine = Start(settings);
        await WaitForIncarnationAsync().ConfigureAwait(false);
        foreach (var (id, stored) in _former.Peers)
        {
            plan.Stored[id] = stored;
        }

        foreach (var group in settings.Groups)
        {
            if (_former.Groups.TryGetValue(group.Name, out var state))
            {
                plan.Memories[group.Name] = Remember(group.Name, state, settings);
            }
        }

        if (HelloEngine.HasGates(settings))
        {
            foreach (var group in settings.Groups)
            {
                _gates?.SetGate(group.Name, group.SharedLink);
            }
        }

        await engine.PostAsync((e, now) => e.Apply(plan, now)).ConfigureAwait(false);
        _families.UnionWith(plan.NewPorts.Select(static port => port.Family));
        foreach (var gone in _settings?.Groups ?? [])
        {
            if (settings.Groups.All(g => g.Name != gone.Name))
            {
                _gates?.RemoveGate(gone.Name);
            }
        }

        // What of the former run was used once is now what this run knows.
        foreach (var peer in settings.Peers)
        {
            _former.Peers.Remove(peer.NodeId);
        }

        var before = _settings;
        _settings = settings;
        TellSettings(before, settings);
        LogApplied(settings.NodeId, settings.Peers.Length, settings.Groups.Length, settings.Authentication.Mode);
    }

    /// <summary>R1: gates of the former run that are still open are its role's; a controller that decides is asked first.</summary>
    private RoleMemory Remember(string group, HaGroupState state, RoleSpeakerSettings settings)
    {
        var owner = settings.Source == RoleSource.Peers && HelloEngine.HasGates(settings) ? _gates?.ReadOwner(group) : null;
        return new RoleMemory
        {
            Ceiling = state.Ceiling,
            Term = state.Term,
            ExternalUsed = state.ExternalUsed,
            Pinned = state.Pinned,
            PinnedTerm = owner?.IsOf(state.Term) == true ? state.Term : 0,
            PinnedNodeId = owner?.Node ?? 0,
            PinnedAnswerUntil = owner?.AnswerUntil ?? TimeSpan.Zero,
        };
    }

    /// <summary>
    /// The number of the run is on disk before a HELLO has it. A disk that cannot be written, or hangs, blocks nobody: the number is then the time, which is greater than
    /// that of any earlier run unless the clock was set back.
    /// </summary>
    private async Task WaitForIncarnationAsync()
    {
        try
        {
            await _incarnationWritten.WaitAsync(WriteLimit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            NoteWritten($"the state was not written within {WriteLimit.TotalSeconds} s");
        }
    }

    /// <summary>The alarms that last while settings are as they are.</summary>
    private void TellSettings(RoleSpeakerSettings? before, RoleSpeakerSettings settings)
    {
        var (open, wasOpen) = (IsOpen(settings), before is not null && IsOpen(before));
        if (open != wasOpen)
        {
            Publish(new RoleSpeakerEvent
            {
                HelloAlarm = HelloAlarm.Unauthenticated,
                IsOver = !open,
                Text = open
                    ? $"HELLOs that are not authenticated are heard (mode {settings.Authentication.Mode}): whoever is on the link can forge roles"
                    : "only authenticated HELLOs are heard",
            });
        }

        foreach (var peer in settings.Peers)
        {
            var old = before?.Peers.FirstOrDefault(p => p.NodeId == peer.NodeId);
            var (single, wasSingle) = (peer.Paths.Length == 1, old is { Paths.Length: 1 });
            if (single != wasSingle)
            {
                Publish(new RoleSpeakerEvent
                {
                    HelloAlarm = HelloAlarm.SinglePath,
                    Peer = peer.NodeId,
                    IsOver = !single,
                    Text = single ? $"one path leads to node {peer.NodeId} ({peer.Paths[0]}): expected two, a broken cable and a dead node look the same" : $"{peer.Paths.Length} paths lead to node {peer.NodeId}",
                });
            }
        }

        foreach (var peer in before?.Peers ?? [])
        {
            TellGone(peer, settings.Peers.FirstOrDefault(p => p.NodeId == peer.NodeId));
        }
    }

    /// <summary>What is not there any more has no alarm.</summary>
    private void TellGone(RolePeer before, RolePeer? now)
    {
        if (now is null && before.Paths.Length == 1)
        {
            Publish(new RoleSpeakerEvent { HelloAlarm = HelloAlarm.SinglePath, Peer = before.NodeId, IsOver = true, Text = $"node {before.NodeId} is no longer one of the nodes" });
        }

        if (HasAlarm(HelloAlarm.SendFailed, before.NodeId) && before.Paths.FirstOrDefault(path => now is null || !now.Paths.Contains(path)) is { } gone)
        {
            Publish(new RoleSpeakerEvent { HelloAlarm = HelloAlarm.SendFailed, Peer = before.NodeId, IsOver = true, Text = $"path {gone} is no longer used" });
        }
    }

    private static bool IsOpen(RoleSpeakerSettings settings) => settings.Peers.Length > 0 && settings.Authentication.AcceptsUnauthenticated;
}
