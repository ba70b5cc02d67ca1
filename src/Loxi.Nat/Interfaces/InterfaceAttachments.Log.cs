using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

internal sealed partial class InterfaceAttachments
{
    [LoggerMessage(2010, LogLevel.Information, "Attached to {Interface} ({Hook})")]
    private partial void LogAttached(string @interface, string hook);

    [LoggerMessage(2011, LogLevel.Information, "Detached from {Interface}")]
    private partial void LogDetached(string @interface);

    [LoggerMessage(2012, LogLevel.Error, "Cannot attach to {Interface} with hook {Mode}: its packets are not balanced")]
    private partial void LogAttachFailed(string @interface, string mode, Exception exception);

    [LoggerMessage(2015, LogLevel.Error, "Cannot attach to {Interface} with XDP: there are services with a block, which need TC; its packets are not balanced until they are gone and it is attached anew, or its hook is another one")]
    private partial void LogNoXdpWithBlocks(string @interface);

    [LoggerMessage(2013, LogLevel.Debug, "{Interface} has no native XDP, using TC: {Reason}")]
    private partial void LogNoXdp(string @interface, string reason);
}
