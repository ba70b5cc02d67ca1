using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>What the node needs of a <see cref="RoleSpeaker"/>.</summary>
internal interface IRoleSpeaker : IAsyncDisposable
{
    /// <summary>Fails when roles are no longer decided.</summary>
    Task Completion { get; }

    /// <summary>Calls back for each event, in order.</summary>
    IDisposable Subscribe(Action<RoleSpeakerEvent> listener);

    /// <summary>Makes these the settings, all or none.</summary>
    /// <exception cref="InvalidRoleSpeakerSettingsException">Settings are wrong.</exception>
    Task ApplyAsync(RoleSpeakerSettings settings);

    Task PostAsync(string group, PostedRole role);

    Task UnpinAsync(string group);

    /// <summary>Begins to hand a role over; an event tells how it ends.</summary>
    /// <returns>False when this node does not serve, or the other one cannot.</returns>
    Task<bool> SwitchoverAsync(string group, ushort peer);

    Task SetReadinessAsync(string group, Readiness readiness);

    Task SetQualityAsync(string group, byte health, ulong configHash);

    Task SetFaultAsync(string group, int fault, bool down, bool canForward);

    Task<RoleSpeakerStatus> ReadStatusAsync();

    /// <summary>Begins to give all roles away; an event tells of each when it is done.</summary>
    Task StopAsync();
}
