namespace Loxi.TestKit.Availability;

/// <summary>What became of a kept connection.</summary>
internal enum KeptFate
{
    Alive,
    Reset,
    Closed,
    Silent,
    Corrupt,
}
