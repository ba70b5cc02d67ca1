namespace Loxi.Node.Composition;

/// <content>What is told of planned moves.</content>
internal sealed partial class NodeMoves
{
    [LoggerMessage(8092, LogLevel.Information, "What begins in VIP group {Group} is handed to node {Node}, which serves it now")]
    private partial void LogHandsOver(string group, ushort node);

    [LoggerMessage(8093, LogLevel.Information, "No packet of VIP group {Group} is handed over any more, after {Milliseconds} ms")]
    private partial void LogEnded(string group, double milliseconds);

    [LoggerMessage(8094, LogLevel.Warning, "Packets of VIP group {Group} cannot be handed to node {Node}: no way leads there")]
    private partial void LogNoWay(string group, ushort node, Exception? exception);

    [LoggerMessage(8095, LogLevel.Warning, "The node stops though packets of VIP groups that it gave away still come, after {Milliseconds} ms")]
    private partial void LogCutShort(double milliseconds);
}
