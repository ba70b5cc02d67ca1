using Loxi.Core.Services;

namespace Loxi.Nat.Health;

/// <summary>A service in force and whether it can serve.</summary>
/// <param name="Service">The service as applied.</param>
/// <param name="IsServed">Whether one of its endpoints is in use: healthy as far as is known, and not taken out by hand.</param>
public readonly record struct ServiceAvailability(Service Service, bool IsServed);
