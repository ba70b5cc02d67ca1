using Loxi.Ha.Transport.Engine;
using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Transport;

/// <content>R10: the witness, where there is one.</content>
public sealed partial class RoleSpeaker
{
    private WitnessKeeper? _witnessKeeper;

    private WitnessKeeper? MakeWitnessKeeper(ushort nodeId) => _witness is null ? null : new WitnessKeeper(
        _witness,
        nodeId,
        (group, number, until) => _ = Engine.PostAsync((engine, now) => engine.WitnessHeld(group, number, until, now)),
        LogWitnessFailed);

    [LoggerMessage(3116, LogLevel.Warning, "The witness failed for VIP group {Group}: the lease is taken for not granted, and asked for again")]
    private partial void LogWitnessFailed(Exception exception, string group);
}
