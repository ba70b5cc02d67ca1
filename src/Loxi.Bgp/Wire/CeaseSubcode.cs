namespace Loxi.Bgp.Wire;

/// <summary>Subcodes of a Cease (RFC 4486, 8538, 9384).</summary>
internal static class CeaseSubcode
{
    internal const byte MaximumPrefixes = 1;
    internal const byte AdministrativeShutdown = 2;
    internal const byte PeerDeconfigured = 3;
    internal const byte AdministrativeReset = 4;
    internal const byte ConnectionRejected = 5;
    internal const byte OtherConfigurationChange = 6;
    internal const byte CollisionResolution = 7;
    internal const byte OutOfResources = 8;
    internal const byte HardReset = 9;
    internal const byte BfdDown = 10;
}
