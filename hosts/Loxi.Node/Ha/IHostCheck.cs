using Loxi.Api.V1;

namespace Loxi.Node.Ha;

/// <summary>Looks at the host before it goes live.</summary>
internal interface IHostCheck
{
    /// <summary>What stands against a failover.</summary>
    /// <param name="reading">Roles and addresses; null where there are none.</param>
    IReadOnlyList<HaFinding> Check(HaReading? reading);
}
