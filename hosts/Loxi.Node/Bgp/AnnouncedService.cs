using Loxi.Core.Services;

namespace Loxi.Node.Bgp;

/// <summary>A service and whether it can serve.</summary>
/// <param name="Service">The service.</param>
/// <param name="IsServed">Whether one of its endpoints is healthy.</param>
internal readonly record struct AnnouncedService(Service Service, bool IsServed);
