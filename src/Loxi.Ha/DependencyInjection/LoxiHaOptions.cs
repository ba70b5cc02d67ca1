using System.ComponentModel.DataAnnotations;
using Loxi.Ha.Transport;

namespace Loxi.Ha.DependencyInjection;

/// <summary>The speaker of a container.</summary>
public sealed class LoxiHaOptions
{
    /// <summary>As <see cref="RoleSpeakerOptions.RealTimePriority"/>.</summary>
    /// <value>Default: 0, the ordinary class; range 0 to 99.</value>
    [Range(0, 99)]
    public int RealTimePriority { get; set; }

    /// <summary>As <see cref="RoleSpeakerOptions.StateDirectory"/>.</summary>
    /// <value>Default: null, nothing outlives the process.</value>
    public string? StateDirectory { get; set; }
}
