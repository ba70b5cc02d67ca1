using Microsoft.Extensions.Options;

namespace Loxi.Nat.DependencyInjection;

/// <summary>The ranges of <see cref="LoxiNatOptions"/>, checked by code that is generated from them.</summary>
[OptionsValidator]
internal sealed partial class LoxiNatOptionsValidator : IValidateOptions<LoxiNatOptions>;
