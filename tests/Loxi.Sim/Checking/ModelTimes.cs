namespace Loxi.Sim.Checking;

/// <summary>The constants of the cores of a <see cref="Model"/>, in intervals.</summary>
/// <param name="Multiplier">R2: silence.</param>
/// <param name="Listen">R1: how long a started node listens.</param>
/// <param name="VipProbe">R1: how long a probe of the VIPs takes.</param>
/// <param name="DeafHellos">R4: HELLOs that have not heard us.</param>
/// <param name="NoMaster">R5: how long nodes without a master wait.</param>
/// <param name="Hold">R6: how long a master that stood still listens.</param>
internal sealed record ModelTimes(int Multiplier, int Listen, int VipProbe, int DeafHellos, int NoMaster, int Hold)
{
    /// <summary>Those of the product, the probe rounded down.</summary>
    public static ModelTimes Product { get; } = new(3, 5, 2, 3, 4, 2);

    /// <summary>The shortest with which the rules hold, so that all states can be visited.</summary>
    public static ModelTimes Short { get; } = new(2, 2, 1, 2, 2, 1);
}
