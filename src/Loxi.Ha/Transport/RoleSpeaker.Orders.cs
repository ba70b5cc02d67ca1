using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Engine;

namespace Loxi.Ha.Transport;

/// <content>What operators, controllers and the rest of the node say.</content>
public sealed partial class RoleSpeaker
{
    /// <summary>A controller or an operator posts a role.</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="role">The role.</param>
    /// <returns>When it is taken; the transition is an event.</returns>
    /// <exception cref="ArgumentException">There is no such group.</exception>
    /// <exception cref="InvalidOperationException">Nothing was applied yet.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public Task PostAsync(string group, PostedRole role) => WithAsync(group, (run, now, actions) => run.Core.Post(role, now, actions));

    /// <summary>Takes the pin of a posted backup away.</summary>
    /// <inheritdoc cref="PostAsync"/>
    public Task UnpinAsync(string group) => WithAsync(group, static (run, now, actions) => run.Core.Unpin(now, actions));

    /// <summary>Hands the role over to another node (R8).</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="peer">The node.</param>
    /// <returns>Whether it has begun: false when this node does not serve, or the other one cannot.</returns>
    /// <inheritdoc cref="PostAsync"/>
    public Task<bool> SwitchoverAsync(string group, ushort peer) =>
        Engine.PostAsync((engine, now) => engine.With(group, now, (run, actions) => run.Core.Switchover(peer, now, actions)));

    /// <summary>Says how ready the node is for a group.</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="readiness">How ready.</param>
    /// <inheritdoc cref="PostAsync"/>
    public Task SetReadinessAsync(string group, Readiness readiness) => WithAsync(group, (run, now, actions) => run.Core.SetReadiness(readiness, now, actions));

    /// <summary>Says how well the node is for a group, and of which configuration.</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="health">0 (worst) to 255.</param>
    /// <param name="configHash">Hash of what must be equal on all nodes.</param>
    /// <inheritdoc cref="PostAsync"/>
    public Task SetQualityAsync(string group, byte health, ulong configHash) => WithAsync(group, (run, _, _) =>
    {
        (run.Health, run.ConfigHash) = (health, configHash);
        run.Core.SetQuality(health, run.Settings.Priority, configHash);
    });

    /// <summary>Says that something that is tracked has failed, or works again (R13).</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="fault">Its number.</param>
    /// <param name="down">Whether it has failed.</param>
    /// <param name="canForward">Whether the node can still forward: then the planned way is taken.</param>
    /// <inheritdoc cref="PostAsync"/>
    public Task SetFaultAsync(string group, int fault, bool down, bool canForward) => WithAsync(group, (run, now, actions) => run.Core.SetFault(fault, down, canForward, now, actions));

    /// <summary>The lease of the witness holds until then, or not at all (R10).</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="until">A time of CLOCK_MONOTONIC.</param>
    /// <inheritdoc cref="PostAsync"/>
    public Task SetWitnessAsync(string group, TimeSpan until) => WithAsync(group, (run, now, actions) => run.Core.WitnessHeld(until, now, actions));

    /// <summary>Gives the roles of all groups away before the process ends; <see cref="RoleSpeakerEvent.IsStopped"/> tells of each when it is done.</summary>
    /// <returns>When it has begun.</returns>
    /// <exception cref="InvalidOperationException">Nothing was applied yet.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public Task StopAsync() => Engine.PostAsync(static (engine, now) => engine.WithAll(now, (run, actions) => run.Core.Stop(now, actions)));

    private Task<bool> WithAsync(string group, Action<GroupRun, TimeSpan, List<RoleAction>> function) => Engine.PostAsync((engine, now) => engine.With(group, now, (run, actions) =>
    {
        function(run, now, actions);
        return true;
    }));
}
