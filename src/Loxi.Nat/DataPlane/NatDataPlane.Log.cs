using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

internal sealed partial class NatDataPlane
{
    [LoggerMessage(2000, LogLevel.Information, "XDP program loaded, {Instructions} instructions verified")]
    private partial void LogXdpLoaded(uint instructions);
}
