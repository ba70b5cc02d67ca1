using System.Collections.Frozen;
using System.Collections.Immutable;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;

namespace Loxi.Node.Tests.Ha;

/// <summary>Keeps what it is told, and tells what a test says.</summary>
internal sealed class FakeRoleSpeaker : IRoleSpeaker
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action<RoleSpeakerEvent>> _listeners = [];
    private readonly Lock _gate = new();
    private readonly List<string> _told = [];
    private readonly List<RoleSpeakerSettings> _applied = [];

    public Task Completion => _completion.Task;

    /// <summary>Every setting that was put in force.</summary>
    public IReadOnlyList<RoleSpeakerSettings> Applied
    {
        get
        {
            lock (_gate)
            {
                return [.. _applied];
            }
        }
    }

    /// <summary>What settings are refused with; null accepts them.</summary>
    public Func<RoleSpeakerSettings, Exception?> Refuse { get; set; } = static _ => null;

    public ImmutableArray<RolePeerStatus> Peers { get; set; } = [];

    public ImmutableArray<RoleGroupStatus> Groups { get; set; } = [];

    public bool IsStopped { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Whether every role is given away as soon as that is asked for.</summary>
    public bool GivesAwayAtOnce { get; set; } = true;

    public RoleSpeakerSettings Settings => Applied[^1];

    /// <summary>What groups were told, one line each.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_gate)
            {
                return [.. _told];
            }
        }
    }

    public IDisposable Subscribe(Action<RoleSpeakerEvent> listener)
    {
        _listeners.Add(listener);
        return new Subscription();
    }

    public Task ApplyAsync(RoleSpeakerSettings settings)
    {
        if (Refuse(settings) is { } refusal)
        {
            throw refusal;
        }

        lock (_gate)
        {
            _applied.Add(settings);
        }

        return Task.CompletedTask;
    }

    public Task PostAsync(string group, PostedRole role) => TakeAsync($"{group} post {role}");

    public Task UnpinAsync(string group) => TakeAsync($"{group} unpin");

    /// <summary>What a switchover gives.</summary>
    public bool SwitchesOver { get; set; } = true;

    public async Task<bool> SwitchoverAsync(string group, ushort peer)
    {
        await TakeAsync($"{group} to {peer}");
        return SwitchesOver;
    }

    public Task SetReadinessAsync(string group, Readiness readiness) => TakeAsync($"{group} is {readiness}");

    public Task SetQualityAsync(string group, byte health, ulong configHash) => Task.CompletedTask;

    public Task SetFaultAsync(string group, int fault, bool down, bool canForward) => TakeAsync($"{group} fault {fault} {(down ? "down" : "up")}");

    public Task<RoleSpeakerStatus> ReadStatusAsync() => Task.FromResult(new RoleSpeakerStatus
    {
        Time = TimeSpan.Zero,
        NodeId = Settings.NodeId,
        Incarnation = 1,
        Authentication = Settings.Authentication.Mode,
        IsRealTime = false,
        Groups = Groups,
        Peers = Peers,
        Discards = FrozenDictionary<HelloDiscardReason, long>.Empty,
    });

    public Task StopAsync()
    {
        IsStopped = true;
        foreach (var group in GivesAwayAtOnce && Applied.Count != 0 ? Settings.Groups : [])
        {
            Tell(new RoleSpeakerEvent { Group = group.Name, IsStopped = true });
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    public void Fail(Exception exception) => _completion.TrySetException(exception);

    public void Tell(RoleSpeakerEvent told) => _listeners.ForEach(listener => listener(told));

    public void Decide(string group, HelloRole role) => Tell(new RoleSpeakerEvent { Group = group, Transition = new RoleTransition(HelloRole.Listening, role, RoleCause.Alone, 1, null, TimeSpan.Zero) });

    private Task TakeAsync(string line)
    {
        lock (_gate)
        {
            _told.Add(line);
        }

        return Task.CompletedTask;
    }

    private sealed class Subscription : IDisposable
    {
        public void Dispose()
        {
            // The speaker ends with the test.
        }
    }
}
