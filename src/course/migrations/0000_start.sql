CREATE TABLE "batches" (
	"batch_id" uuid PRIMARY KEY NOT NULL,
	"course_id" uuid NOT NULL,
	"name" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"max_seats" integer NOT NULL,
	"available_seats" integer NOT NULL,
	"unavailable_seats" integer DEFAULT 0 NOT NULL,
	"price" integer NOT NULL,
	"currency" text NOT NULL,
	CONSTRAINT "batches_ends_after_start" CHECK ("batches"."ends_at" > "batches"."starts_at"),
	CONSTRAINT "batches_max_seats" CHECK ("batches"."max_seats" > 0),
	CONSTRAINT "batches_unavailable_seats" CHECK ("batches"."unavailable_seats" between 0 and "batches"."max_seats"),
	CONSTRAINT "batches_available_seats" CHECK ("batches"."available_seats" between 0 and "batches"."max_seats" - "batches"."unavailable_seats"),
	CONSTRAINT "batches_price" CHECK ("batches"."price" >= 0),
	CONSTRAINT "batches_currency" CHECK ("batches"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "bookings" (
	"booking_id" uuid PRIMARY KEY NOT NULL,
	"course_id" uuid NOT NULL,
	"batch_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"customer_name" text,
	"customer_email" text,
	"customer_phone" text,
	"price" integer NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"reserved_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"paid_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bookings_status" CHECK ("bookings"."status" in ('created', 'reserved', 'completed', 'failed', 'expired')),
	CONSTRAINT "bookings_price" CHECK ("bookings"."price" >= 0),
	CONSTRAINT "bookings_held" CHECK ("bookings"."status" not in ('reserved', 'completed', 'failed') or ("bookings"."reserved_at" is not null and "bookings"."expires_at" is not null)),
	CONSTRAINT "bookings_not_held" CHECK ("bookings"."status" <> 'created' or "bookings"."reserved_at" is null),
	CONSTRAINT "bookings_paid" CHECK (("bookings"."status" = 'completed') = ("bookings"."paid_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "courses" (
	"course_id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"published_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_course_id_courses_course_id_fk" FOREIGN KEY ("course_id") REFERENCES "public"."courses"("course_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_course_id_courses_course_id_fk" FOREIGN KEY ("course_id") REFERENCES "public"."courses"("course_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_batch_id_batches_batch_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."batches"("batch_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "batches_of_course" ON "batches" USING btree ("course_id","starts_at","batch_id");--> statement-breakpoint
CREATE INDEX "bookings_newest" ON "bookings" USING btree ("created_at","booking_id");--> statement-breakpoint
CREATE INDEX "bookings_by_status" ON "bookings" USING btree ("status","created_at","booking_id");--> statement-breakpoint
CREATE INDEX "bookings_by_user" ON "bookings" USING btree ("user_id","created_at","booking_id");--> statement-breakpoint
CREATE INDEX "bookings_by_course" ON "bookings" USING btree ("course_id","created_at","booking_id");--> statement-breakpoint
CREATE INDEX "bookings_live" ON "bookings" USING btree ("course_id") WHERE "bookings"."status" in ('created', 'reserved');--> statement-breakpoint
CREATE INDEX "bookings_outstanding" ON "bookings" USING btree ("currency","price") WHERE "bookings"."status" = 'reserved';--> statement-breakpoint
CREATE UNIQUE INDEX "courses_slug" ON "courses" USING btree ("slug") WHERE "courses"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "courses_newest" ON "courses" USING btree ("created_at","course_id") WHERE "courses"."deleted_at" is null;