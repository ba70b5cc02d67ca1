using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <summary>The roles of this node with real nodes. Nothing is opened and no thread started before settings are applied.</summary>
internal sealed class NodeRoleSpeaker(RoleSpeaker speaker) : IRoleSpeaker
{
    public Task Completion => speaker.Completion;

    public IDisposable Subscribe(Action<RoleSpeakerEvent> listener) => speaker.Subscribe(listener);

    public Task ApplyAsync(RoleSpeakerSettings settings) => speaker.ApplyAsync(settings);

    public Task PostAsync(string group, PostedRole role) => speaker.PostAsync(group, role);

    public Task UnpinAsync(string group) => speaker.UnpinAsync(group);

    public Task<bool> SwitchoverAsync(string group, ushort peer) => speaker.SwitchoverAsync(group, peer);

    public Task SetReadinessAsync(string group, Readiness readiness) => speaker.SetReadinessAsync(group, readiness);

    public Task SetQualityAsync(string group, byte health, ulong configHash) => speaker.SetQualityAsync(group, health, configHash);

    public Task SetFaultAsync(string group, int fault, bool down, bool canForward) => speaker.SetFaultAsync(group, fault, down, canForward);

    public Task<RoleSpeakerStatus> ReadStatusAsync() => speaker.ReadStatusAsync();

    public Task StopAsync() => speaker.StopAsync();

    public ValueTask DisposeAsync() => speaker.DisposeAsync();
}
