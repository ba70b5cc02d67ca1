using Microsoft.Extensions.Options;

namespace Loxi.Ha.DependencyInjection;

/// <summary>The ranges of <see cref="LoxiSyncOptions"/>, checked by code that is generated from them.</summary>
[OptionsValidator]
internal sealed partial class LoxiSyncOptionsValidator : IValidateOptions<LoxiSyncOptions>;
